//! Somebody signs out, here or everywhere.

use domain::{Time, member::Identity, sign_in::Presented};
use platform::problem::Problem;

use super::{SignIns, refresh_sign_in::read, unexpected};
use crate::{authenticate::fingerprint, internal};

impl SignIns {
    /// Ends the sign-in of this token, and with `everywhere` all others of the same person. A
    /// token that is none, or of a sign-in that is over, ends nothing and is no error: who wants
    /// to be out is out.
    pub async fn end_sign_in(&self, token: &str, everywhere: bool) -> Result<(), Problem> {
        let ctx = self.source.ctx();
        let now = Time::from(ctx.now);
        let Some((id, secret)) = read(token) else { return Ok(()) };
        let Some(session) = self.table.session(id).await.map_err(internal)? else {
            return Ok(());
        };
        // One that was succeeded shows a theft here as elsewhere; only its own sign-in ends.
        let presented = session.value.present(&fingerprint(secret), now);
        if everywhere && matches!(presented, Presented::Current | Presented::Repeated) {
            self.end_all(&session.value.sub, now).await?;
        }
        self.end(&session.value, &ctx).await
    }

    /// Ends all sign-ins of somebody: ours by the moment since which they count, the pool's by its
    /// own means.
    pub(super) async fn end_all(&self, sub: &str, now: Time) -> Result<(), Problem> {
        // One that begins in this very millisecond is new.
        self.change_identity(sub, |old| Identity { sessions_since: Some(now), ..old.clone() })
            .await?;
        self.close_sockets(sub, now).await?;
        self.pool.sign_out_everywhere(sub).await.map_err(unexpected)
    }
}
