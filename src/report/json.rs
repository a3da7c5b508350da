//! One JSON object a finding, one finding a line.

use super::{findings::Findings, located::Located};
use serde_json::json;
use std::sync::Arc;

/// All findings as JSON lines.
pub fn lines(findings: &Findings) -> String {
    let line = |finding: &Arc<Located>| {
        let json = json!({
            "rule": finding.rule,
            "severity": finding.severity.name(),
            "message": finding.message,
            "help": finding.help,
            "file": finding.file,
            "line": finding.start.line,
            "column": finding.start.column,
            "end_line": finding.end.line,
            "end_column": finding.end.column,
            "url": finding.url,
        });
        format!("{json}\n")
    };
    findings.iter().map(line).collect()
}
