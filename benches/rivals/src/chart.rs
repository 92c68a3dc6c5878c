//! The results as a picture: a line for each case, and on it a mark for each server, at its share of the floor.

use std::fmt::{self, Write};

use crate::case::Wrapping;
use crate::results::{Results, Row, Yardstick};
use crate::servers::Server;
use crate::table;

const WIDTH: f64 = 860.0;
const LEFT: f64 = 290.0;
const RIGHT: f64 = 820.0;
const TOP: f64 = 62.0;
const LINE: f64 = 24.0;

/// Where the axis ends: above the floor, for what is measured may be a little faster than it.
const END: f64 = 1.1;

/// Legible on white and on black; each server has a shape of its own besides its colour.
const STYLE: &str = "
  text { font: 12px system-ui, sans-serif; fill: #444c56 }
  .grid { stroke: #8b949e; stroke-opacity: .3 }
  .floor { stroke: #8b949e; stroke-width: 1.5 }
  .range { stroke: #d1480c; stroke-width: 3; stroke-opacity: .35 }
  .mark { stroke-width: 1.8 }
  .pollcat { fill: #d1480c; stroke: #d1480c }
  .tokio-tungstenite { fill: #0969da; stroke: #0969da }
  .fastwebsockets { fill: #1a7f37; stroke: #1a7f37 }
  .sockudo-ws { fill: #8250df; stroke: #8250df }
  .yawc { fill: #9a6700; stroke: #9a6700 }
  .by-cpu { fill: none }
  @media (prefers-color-scheme: dark) {
    text { fill: #c9d1d9 }
    .range { stroke: #ff8c5a }
    .pollcat { fill: #ff8c5a; stroke: #ff8c5a }
    .tokio-tungstenite { fill: #58a6ff; stroke: #58a6ff }
    .fastwebsockets { fill: #3fb950; stroke: #3fb950 }
    .sockudo-ws { fill: #bc8cff; stroke: #bc8cff }
    .yawc { fill: #d29922; stroke: #d29922 }
    .by-cpu { fill: none }
  }
";

pub(crate) fn svg(results: &Results) -> String {
    let mut out = String::new();
    draw(&mut out, results).expect("a String takes everything");
    out
}

fn draw(out: &mut String, results: &Results) -> fmt::Result {
    // What is wrapped in something has no floor.
    let rows: Vec<&Row> = results.rows.iter().filter(|row| row.case.wrapping == Wrapping::Bare).collect();
    let bottom = TOP + LINE * rows.len() as f64;
    let height = bottom + 44.0;
    writeln!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" \
         aria-label=\"Each server's speed in each case, as a share of plain TCP\">\n<style>{STYLE}</style>"
    )?;
    legend(out)?;
    grid(out, bottom)?;
    for (index, row) in rows.into_iter().enumerate() {
        let y = TOP + LINE * (index as f64 + 0.5);
        line(out, row, y, results.apart())?;
    }
    let note = format!(
        "{}; {} rounds. Hollow: by CPU time per message, where the rate is not the server's.",
        results.machine.processor, results.rounds
    );
    writeln!(out, "<text x=\"{}\" y=\"{}\">{}</text>\n</svg>", 16, height - 8.0, escape(&note))
}

/// The rivals first, so that ours lies on top.
fn servers() -> impl Iterator<Item = Server> {
    let rivals = Server::ALL.into_iter().filter(|server| server.is_rival());
    rivals.chain([Server::Pollcat])
}

fn legend(out: &mut String) -> fmt::Result {
    let mut x = 24.0;
    for server in [Server::Pollcat].into_iter().chain(servers().filter(|server| server.is_rival())) {
        mark(out, server, x, 18.0, Yardstick::Rate)?;
        writeln!(out, "<text x=\"{}\" y=\"22\">{}</text>", x + 12.0, server.name())?;
        x += 48.0 + 6.6 * server.name().len() as f64;
    }
    Ok(())
}

fn grid(out: &mut String, bottom: f64) -> fmt::Result {
    for tenth in (0..=10).step_by(2) {
        let (share, x) = (f64::from(tenth) / 10.0, at(f64::from(tenth) / 10.0));
        let class = if tenth == 10 { "floor" } else { "grid" };
        writeln!(out, "<path class=\"{class}\" d=\"M{x:.1} {TOP}V{bottom}\"/>")?;
        let label = if tenth == 10 { "plain TCP".into() } else { format!("{share:.1}") };
        writeln!(out, "<text x=\"{x:.1}\" y=\"{}\" text-anchor=\"middle\">{label}</text>", TOP - 8.0)?;
    }
    Ok(())
}

fn line(out: &mut String, row: &Row, y: f64, apart: bool) -> fmt::Result {
    let name = escape(&table::name(row));
    writeln!(out, "<path class=\"grid\" d=\"M{LEFT} {y}H{RIGHT}\"/>")?;
    writeln!(out, "<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{name}</text>", LEFT - 14.0, y + 4.0)?;
    if row.compare(Server::Pollcat, Server::Floor, apart).is_none() {
        writeln!(out, "<text x=\"{}\" y=\"{}\">not decided</text>", LEFT + 8.0, y + 4.0)?;
    }
    for server in servers() {
        let Some(ratio) = row.compare(server, Server::Floor, apart) else { continue };
        if server == Server::Pollcat {
            let (low, high) = (at(ratio.spread.low), at(ratio.spread.high));
            writeln!(out, "<path class=\"range\" d=\"M{low:.1} {y}H{high:.1}\"/>")?;
        }
        mark(out, server, at(ratio.spread.median), y, ratio.by)?;
    }
    Ok(())
}

/// A circle for ours; square, triangles and diamond for the others.
fn mark(out: &mut String, server: Server, x: f64, y: f64, by: Yardstick) -> fmt::Result {
    let shape = match server {
        // The floor is an axis, and another server has no colour here.
        Server::Floor | Server::Pollcat | Server::Other => "m-6 0a6 6 0 1 0 12 0a6 6 0 1 0-12 0z",
        Server::TokioTungstenite => "m-4-4h8v8h-8z",
        Server::Fastwebsockets => "m0-5l5 9h-10z",
        Server::SockudoWs => "m0-5.5l5.5 5.5l-5.5 5.5l-5.5-5.5z",
        Server::Yawc => "m0 5l5-9h-10z",
    };
    let hollow = if by == Yardstick::Cpu { " by-cpu" } else { "" };
    writeln!(out, "<path class=\"mark {}{hollow}\" d=\"M{x:.1} {y}{shape}\"/>", server.name())
}

fn at(share: f64) -> f64 {
    LEFT + (RIGHT - LEFT) * share.clamp(0.0, END) / END
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::tests::{known, results};

    /// Where a server's mark stands in the only row: the legend has one too, and comes first.
    fn place(svg: &str, server: Server) -> Option<f64> {
        let class = format!("class=\"mark {}\" d=\"M", server.name());
        let mark = svg.split(&class).nth(2)?;
        mark.split(' ').next()?.parse().ok()
    }

    #[test]
    fn a_mark_stands_at_the_share_of_the_floor() {
        let svg = svg(&results(vec![known()]));
        let expected = |share: f64| LEFT + (RIGHT - LEFT) * share / 1.1;
        assert!((place(&svg, Server::Pollcat).unwrap() - expected(0.95)).abs() < 0.06);
        assert!((place(&svg, Server::TokioTungstenite).unwrap() - expected(0.475)).abs() < 0.06);
        assert_eq!(place(&svg, Server::Yawc), None);
    }

    #[test]
    fn what_is_not_decided_says_so() {
        let decided = svg(&results(vec![known()]));
        let mut row = known();
        row.entries[0].rounds.iter_mut().flatten().for_each(|sample| sample.server_cpu = 0.5);
        let open = svg(&results(vec![row]));
        assert!(!decided.contains("not decided") && open.contains(">not decided</text>"));
        assert_eq!(place(&open, Server::Pollcat), None);
    }

    #[test]
    fn nothing_leaves_the_picture() {
        assert_eq!(at(-1.0), LEFT);
        assert_eq!(at(40.0), RIGHT);
        let svg = svg(&results(vec![known(), known()]));
        let bottom: f64 =
            svg.split("viewBox=\"0 0 860 ").nth(1).unwrap().split('"').next().unwrap().parse().unwrap();
        assert!(bottom > TOP + 2.0 * LINE);
    }

    #[test]
    fn it_is_readable_in_the_dark_and_well_formed() {
        let svg = svg(&results(vec![known()]));
        assert!(svg.contains("prefers-color-scheme: dark"));
        assert_eq!(svg.matches("<text").count(), svg.matches("</text>").count());
        assert_eq!(svg.matches("<path").count(), svg.matches("/>").count());
        assert_eq!(escape("a < b & c"), "a &lt; b &amp; c");
    }
}
