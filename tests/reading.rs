//! The grade that guidewright gives an English text, held against Python's textstat 0.7.3.

use guidewright::check::reading::Measure;

/// A passage and the grade that textstat gives it (`tests/reading/make.py`).
#[derive(serde::Deserialize)]
struct Passage {
    grade: f64,
    text: String,
}

fn passages() -> Vec<Passage> {
    let lines = include_str!("reading/passages.jsonl").lines();
    lines.map(|line| serde_json::from_str(line).expect("a passage")).collect()
}

#[test]
fn of_200_passages_at_least_190_are_within_half_a_grade_of_textstat() {
    let passages = passages();
    assert_eq!(passages.len(), 200);
    let far: Vec<String> = passages
        .iter()
        .map(|passage| (Measure::of(&passage.text).grade(), passage))
        .filter(|(grade, passage)| (grade - passage.grade).abs() > 0.5)
        .map(|(grade, passage)| format!("{grade} for {}: {}", passage.grade, passage.text))
        .collect();
    assert!(far.len() <= 10, "{} are not:\n{}", far.len(), far.join("\n"));
}

#[test]
fn the_passages_are_not_all_alike() {
    let grades: Vec<f64> = passages().iter().map(|passage| passage.grade).collect();
    let (least, most) =
        grades.iter().fold((f64::MAX, f64::MIN), |(low, high), grade| (low.min(*grade), high.max(*grade)));
    assert!(least < 3.0 && most > 9.0, "from {least} to {most}");
}
