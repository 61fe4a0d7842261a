//! A machine whose clock is wrong.

use doorward::ambient::ReferenceClock;

use super::stage::Stage;

/// K07: what is written down for a wrong moment happens at a wrong moment on every node, so it is not written down.
#[tokio::test]
async fn a_machine_whose_clock_is_not_the_databases_changes_no_key() {
    let Some(stage) = Stage::on_postgres("").await else {
        return;
    };
    let before = stage.doorward_json("keys list").await;
    for order in ["keys rotate", "keys rotate --emergency"] {
        let (output, errors) = stage.typed(order, ReferenceClock::Database).await;
        assert_eq!(output, "", "{order}");
        assert!(
            errors.contains("the clock of this machine shows 2030-"),
            "{errors}"
        );
        assert!(
            errors.contains("set the clock, and do it again"),
            "{errors}"
        );
        let trial = format!("{order} --dry-run");
        let (output, errors) = stage.typed(&trial, ReferenceClock::Database).await;
        assert_eq!(errors, "");
        assert!(output.contains("It would be refused"), "{output}");
    }
    assert_eq!(stage.doorward_json("keys list").await, before);
}
