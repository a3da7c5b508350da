//! Maps that pages ask for: what a relation ties together, as a whole.

use super::{
    guide::{Edge, MapNode, PageNo, Thing},
    links::Lookup,
    order::{self, Collation},
};
use crate::{
    base::{
        finding::{Finding, Mark, Place},
        near::did_you_mean,
        rules::Rule,
    },
    load::sources::Sources,
};
use std::collections::BTreeMap;

/// Answers every map of every page. A relation may be named from either end, which is then the first
/// column: its pages by weight and title, then its entries of data as their file has them. What one of them
/// leads to stands in the order in which it shows that.
pub fn answer(
    lookup: &Lookup,
    sources: &Sources,
    edges: &[Edge],
    findings: &mut Vec<Finding>,
) -> Vec<(PageNo, Vec<MapNode>)> {
    let mut answers = Vec::new();
    for (number, node) in (0..).zip(lookup.pages).filter(|(_, node)| !node.hidden && !node.broken) {
        let Some(page) = node.page(sources).filter(|page| !page.maps.is_empty()) else { continue };
        let mut maps = Vec::new();
        for (i, asked) in page.maps.iter().enumerate() {
            let relations = lookup.schema.relations.iter();
            let sides = (0u32..).zip(relations).flat_map(|(number, relation)| {
                let far = relation.inverse.as_ref().map(|side| (number, true, side));
                [Some((number, false, &relation.forward)), far].into_iter().flatten()
            });
            let Some((relation, inverse, _)) = sides.clone().find(|(.., side)| side.name == asked.relation) else {
                let names = sides.map(|(.., side)| side.name.as_str());
                let help = did_you_mean(&asked.relation, names, || "Name a relation of schema.yaml.".into());
                let message = format!("this map asks for the relation \"{}\", which there is not", asked.relation);
                let place = Place::mark(&page.path, Mark::Field(format!("map.{i}")));
                findings.push(Finding::new(Rule::LISTS_QUERY, place, message, help));
                continue;
            };
            let mut rows: BTreeMap<Thing, Vec<u32>> = BTreeMap::new();
            for (edge_no, edge) in (0u32..).zip(edges).filter(|(_, edge)| edge.relation == relation) {
                let is_symmetric = lookup.schema.relations[relation as usize].symmetric;
                // Of a symmetric relation each end leads to the other.
                let near = match (is_symmetric, inverse) {
                    (true, _) => vec![&edge.from, &edge.to],
                    (false, true) => vec![&edge.to],
                    (false, false) => vec![&edge.from],
                };
                for near in near {
                    let is_here = |page: PageNo| {
                        let page = &lookup.pages[page as usize];
                        page.lang == node.lang && !page.hidden
                    };
                    if !matches!(near.thing, Thing::Page(page) if !is_here(page)) {
                        rows.entry(near.thing).or_default().push(edge_no);
                    }
                }
            }
            let mut order: Vec<PageNo> = rows.keys().filter_map(|near| near.page()).collect();
            order::sort(lookup.pages, &mut order, &Collation::of(&node.lang));
            let first = order.into_iter().map(Thing::Page);
            let mut sorted: Vec<(Thing, Vec<u32>)> =
                first.filter_map(|page| Some((page, rows.remove(&page)?))).collect();
            sorted.extend(rows);
            let rows = sorted;
            maps.push(MapNode { title: asked.title.clone(), relation, inverse, rows });
        }
        answers.push((number, maps));
    }
    answers
}
