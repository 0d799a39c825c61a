//! Elections: candidates, leaders, their values.

use etcdeck::event_loop::Ended;

use super::world::everywhere;

#[test]
fn a_candidate_leads_and_resigns() {
    everywhere(async |world| {
        let mut screen = world.screen();
        screen.sees("no keys").await.runs("elections").sees("there is no candidate").await;
        screen.keys("n").sees("be a candidate").await.types("lead \"me too\" 60").keys("enter");
        screen.sees("candidacy in lead held, fencing revision").await;
        screen.sees_row(&["lead", "led, 0 behind"]).await;
        screen.sees_row(&["leads", "here", "me too"]).await;
        let rival = world.grant(600).await;
        world.put_leased(&format!("lead/{rival}"), "other", rival).await;
        screen.sees_row(&["waits 1", "other"]).await;
        // What a leader proclaims is seen at once.
        world.put_leased(&format!("lead/{rival}"), "changed", rival).await;
        screen.sees_row(&["waits 1", "changed"]).await.keys("X");
        screen.sees("etcdctl elect lead 'me too'").await.sees("elect --listen lead").await;
        screen.keys("esc r").sees("candidacy in lead given up").await;
        screen.sees_row(&["leads", "changed"]).await.loses("HOLDING").await;
        assert_eq!(world.count().await, 1);
        screen.keys("j d").sees("nothing else hangs on this lease").await.keys("y");
        screen.sees("there is no candidate").await.keys("esc q");
        assert_eq!(screen.ends().await, Ended::Quit);
    });
}

#[test]
fn what_may_be_either_is_shown_in_both_views_with_a_word() {
    everywhere(async |world| {
        for (name, value) in [("locks/x", "host"), ("mixed", "v"), ("mixed", ""), ("plain", "")] {
            let lease = world.grant(600).await;
            world.put_leased(&format!("{name}/{lease}"), value, lease).await;
        }
        let mut screen = world.screen();
        screen.runs("locks").sees_row(&["locks/x", "perhaps an election"]).await;
        screen.sees_row(&["mixed", "perhaps an election"]).await.sees_row(&["plain", "held"]).await;
        screen.runs("elections").sees_row(&["mixed", "perhaps a lock"]).await;
        screen.sees_row(&["locks/x", "led"]).await.loses("plain").await;
    });
}
