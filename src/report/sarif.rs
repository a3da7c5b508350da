//! SARIF 2.1.0 (OASIS, <https://docs.oasis-open.org/sarif/sarif/v2.1.0/>), for code hosts.

use super::{findings::Findings, located::Located};
use crate::base::{finding::Severity, rules::Rule};
use serde_json::{Value, json};
use std::sync::Arc;

/// All findings as one SARIF document.
pub fn document(findings: &Findings) -> Value {
    let level = |severity| match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    };
    let rule = |rule: &Rule| {
        json!({
            "id": rule.code(),
            "help": { "text": rule.document(), "markdown": rule.document() },
            "defaultConfiguration": { "level": level(rule.usual_severity()) },
        })
    };
    let result = |finding: &Arc<Located>| {
        json!({
            "ruleId": finding.rule,
            "level": level(finding.severity),
            "message": { "text": format!("{}. {}", finding.message, finding.help) },
            "locations": [{ "physicalLocation": {
                "artifactLocation": { "uri": finding.file, "uriBaseId": "SITE" },
                "region": {
                    "startLine": finding.start.line,
                    "startColumn": finding.start.column,
                    "endLine": finding.end.line,
                    "endColumn": finding.end.column,
                },
            }}],
        })
    };
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "guidewright",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": Rule::ALL.iter().map(rule).collect::<Vec<_>>(),
            }},
            "columnKind": "unicodeCodePoints",
            "results": findings.iter().map(result).collect::<Vec<_>>(),
        }],
    })
}
