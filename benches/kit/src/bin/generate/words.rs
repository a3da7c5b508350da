//! The vocabulary: plain English words and the forms made from them, drawn by Zipf's law, so that
//! a search index meets the few common and many rare words that real text has.

use crate::rng::Rng;
use std::collections::HashSet;

/// Words of every text, the commonest first.
const COMMON: &str = "the of and to a in is it you that for on are with as be this was have or at \
    not by from but what all were when we there can an your which their if do will each about how \
    up out them then she many some so these would other into has more her two like him see time \
    could no make than first been who now people my made over did down only way find use may long \
    little very after just where most know get through back much before go good new our me too any \
    day same right look think also around another came come three because does part even place well \
    such here take why things put years different away again off old great tell say small every \
    still between own under last never us left end along while might next something both few those \
    always often together want until enough once almost began high year second soon since near \
    sentence better best across during today however sure during several whole five early late";

const NOUNS: &str = "answer apple arm bag bank barn basket bath bed bell bench bird boat book boot \
    bottle bowl bread brick bridge brother bucket butter button cabin cake camp candle card carpet \
    cart castle chair change chart cheese circle class cloud coat coin colour corner cottage cotton \
    cousin cup curtain daughter dinner doctor door dream drawer driver ear engine evening eye farm \
    feather fence field finger fire floor flower forest fork friend garden gate glove goal grain \
    group habit hall hammer hand harbour hat head heart hill hole home horse hour house idea island \
    jacket journey key kitchen kettle ladder lake lamp land leader leg lesson letter line list map \
    market meal meadow message minute mirror month moon morning mountain mouth name neck needle \
    nest night note number nurse office orchard oven owner page paint paper parcel parent park path \
    pattern pencil picture pillow pipe plan planet plant plate pocket pond question rain reason \
    ribbon ring river road rock roof room root rope rule sail school season seat seed shadow shelf \
    ship shirt shoe shop shoulder sister skill sleeve snow song spoon spring square stair star \
    station step stone store storm stream street string summer sun table task teacher thread ticket \
    tool tower town track trail train tree uncle valley village visitor voice wagon wall water \
    weather week wheel wind window winter wood word yard";

/// Regular verbs that only need an ending put on (or a last `e` taken off).
const VERBS: &str = "ask bake bend borrow call care carve change check clean climb close collect \
    cook count cover cross dance deliver depart dress enter explain fasten fill finish fold follow \
    gather greet guide happen help hope invite join jump knock laugh learn lift like listen load \
    look love mark mend mix move need notice offer open order pack paint pass paste pick place plant \
    play point polish pour practise prepare press print pull push reach record remember rest return \
    roll sail save search serve settle share shout show sign smile sort sound spell start stay \
    stretch talk taste teach thank touch trade turn use visit wait walk wander want warm wash watch \
    water whisper wish wonder work";

const ADJECTIVES: &str = "able ample bare blank bold brave brief bright broad calm careful cheerful \
    clear clever close cold common cool crisp curious damp dark deep direct eager even exact faint \
    fair familiar fast firm flat fond free fresh full gentle glad grand green hard hopeful humble \
    keen kind large late light loose loud mild modest narrow neat open patient plain pleasant polite \
    prompt proud pure quick quiet rapid rare rich ripe rough round separate sharp short silent \
    simple slow smart smooth soft solid sound steady still stout strange strict strong sudden sweet \
    swift tall tender thick thin tidy tight vast warm weak wide wild wise young";

/// What some verbs and their forms are lengthened with.
const PREFIXES: [&str; 5] = ["re", "out", "over", "under", "fore"];

/// Words by rank, and the lists that titles are made of.
pub struct Words {
    /// Every form once, the commonest first.
    all: Vec<String>,
    /// The probability that a draw has this rank or a lower one.
    cumulative: Vec<f64>,
    pub nouns: Vec<&'static str>,
    pub verbs: Vec<&'static str>,
    pub adjectives: Vec<&'static str>,
}

impl Words {
    pub fn new() -> Self {
        let list = |text: &'static str| text.split_whitespace().collect::<Vec<_>>();
        let (nouns, verbs, adjectives) = (list(NOUNS), list(VERBS), list(ADJECTIVES));
        let mut forms: Vec<String> = list(COMMON).iter().map(|w| w.to_string()).collect();
        for group in [&nouns, &verbs, &adjectives] {
            forms.extend(group.iter().map(|w| w.to_string()));
        }
        forms.extend(nouns.iter().map(|noun| plural(noun)));
        forms.extend(verbs.iter().flat_map(|verb| verb_forms(verb)));
        for adjective in &adjectives {
            forms.push(format!("{adjective}ly"));
            forms.push(format!("{adjective}ness"));
        }
        for prefix in PREFIXES {
            for verb in &verbs {
                forms.push(format!("{prefix}{verb}"));
                forms.extend(verb_forms(verb).map(|form| format!("{prefix}{form}")));
            }
        }
        let mut seen = HashSet::new();
        forms.retain(|form| seen.insert(form.clone()));

        let weight = |rank: usize| 1.0 / (rank as f64 + 1.7);
        let total: f64 = (0..forms.len()).map(weight).sum();
        let mut sum = 0.0;
        let cumulative = (0..forms.len())
            .map(|rank| {
                sum += weight(rank) / total;
                sum
            })
            .collect();
        Self { all: forms, cumulative, nouns, verbs, adjectives }
    }

    /// How many different words there are.
    pub fn count(&self) -> usize {
        self.all.len()
    }

    /// A word by Zipf's law, but not this one: no text says the same word twice running.
    pub fn draw(&self, rng: &mut Rng, but: &str) -> &str {
        loop {
            let at = rng.unit();
            let rank = self.cumulative.partition_point(|&sum| sum <= at);
            let word = &self.all[rank.min(self.all.len() - 1)];
            if word != but {
                return word;
            }
        }
    }
}

/// A verb's forms but the first.
fn verb_forms(verb: &str) -> [String; 5] {
    let stem = verb.strip_suffix('e').unwrap_or(verb);
    [plural(verb), format!("{stem}ed"), gerund(verb), format!("{stem}er"), format!("{stem}ers")]
}

/// `walk` → `walking`, `bake` → `baking`.
pub fn gerund(verb: &str) -> String {
    format!("{}ing", verb.strip_suffix('e').unwrap_or(verb))
}

/// `cup` → `cups`, `bench` → `benches`.
pub fn plural(word: &str) -> String {
    let hissing = ["s", "x", "ch", "sh"].iter().any(|end| word.ends_with(end));
    format!("{word}{}", if hissing { "es" } else { "s" })
}
