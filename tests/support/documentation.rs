//! The links of the documentation.

/// Where the links of a Markdown text lead inside the repository, without what follows a `#`.
pub fn local_links(markdown: &str) -> Vec<&str> {
    let inline = markdown
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split(')').next());
    let named = markdown.lines().filter_map(|line| {
        let (_, target) = line.strip_prefix('[')?.split_once("]: ")?;
        Some(target)
    });
    inline
        .chain(named)
        .filter(|target| !target.contains("://"))
        .filter_map(|target| target.split('#').next())
        .filter(|target| !target.is_empty())
        .collect()
}
