//! QR codes as pictures in a page ([ISO/IEC 18004](https://www.iso.org/standard/83389.html)).

use std::fmt::Write as _;

use maud::{Markup, html};
use qrcodegen::{QrCode, QrCodeEcc};

/// How many modules stay empty around the code, so that cameras find it.
const QUIET: i32 = 4;

/// A picture of `text`, which `label` describes; nothing when it is too long for one.
pub(super) fn picture(text: &str, label: &str) -> Markup {
    let Ok(code) = QrCode::encode_text(text, QrCodeEcc::Medium) else {
        return html! {};
    };
    let whole = code.size() + 2 * QUIET;
    // Cameras want dark on light, whatever colours the page has.
    html! {
        svg.qr-code #qr-code role="img" aria-label=(label) viewBox=(format!("0 0 {whole} {whole}"))
            width="200" height="200" shape-rendering="crispEdges" {
            path fill="#fff" d=(format!("M0 0h{whole}v{whole}H0z")) {}
            path fill="#000" d=(dark(&code)) {}
        }
    }
}

/// The outline of all dark modules, each a square.
fn dark(code: &QrCode) -> String {
    let mut outline = String::new();
    for y in 0..code.size() {
        for x in (0..code.size()).filter(|x| code.get_module(*x, y)) {
            // Writing to a string does not fail.
            let _ = write!(outline, "M{} {}h1v1h-1z", x + QUIET, y + QUIET);
        }
    }
    outline
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_its_three_corners_and_room_around_it() {
        let text = "https://id.example/device?user_code=WDJB-MJHT";
        let picture = picture(text, "a code").into_string();
        let size = QrCode::encode_text(text, QrCodeEcc::Medium).unwrap().size();
        let whole = format!("viewBox=\"0 0 {0} {0}\"", size + 8);
        assert!(picture.contains(&whole), "{picture}");
        for (x, y) in [(4, 4), (size + 3, 4), (4, size + 3)] {
            assert!(picture.contains(&format!("M{x} {y}h1v1h-1z")), "{x} {y}");
        }
        assert!(!picture.contains("M3 "), "{picture}");
        assert!(super::picture(&"x".repeat(5_000), "").0.is_empty());
    }
}
