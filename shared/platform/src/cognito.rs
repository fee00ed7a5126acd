//! The user pool: who can sign in, and with which password.
//!
//! Passwords are asked through the pool's administrative calls, so that nobody who merely knows
//! the client's id can try them past our limits. The pool is told to answer alike for addresses
//! that it does not know (`PreventUserExistenceErrors`); where it does not, the difference ends
//! here, in [`CognitoError`].

use aws_config::SdkConfig;
use aws_sdk_cognitoidentityprovider::{
    Client,
    error::{ProvideErrorMetadata, SdkError},
    types::{
        AttributeType, AuthFlowType, AuthenticationResultType, ChallengeNameType,
        DeliveryMediumType, MessageActionType, UserStatusType,
    },
};
use secrecy::{ExposeSecret, SecretString};

use crate::aws::CallFailed;

/// Why the pool did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum CognitoError {
    /// The password, the session or the token is wrong; or the address is unknown.
    #[error("refused")]
    Refused,
    /// The code is wrong or too old; or the address is unknown.
    #[error("the code is wrong")]
    WrongCode,
    /// The password breaks the pool's policy.
    #[error("the password is too weak")]
    WeakPassword,
    /// Somebody else has the address.
    #[error("the address is taken")]
    Taken,
    /// Too many attempts: the pool asks to wait.
    #[error("too many attempts")]
    TooMany,
    /// The call failed.
    #[error(transparent)]
    Call(#[from] CallFailed),
}

/// What a sign-in yields.
#[derive(Debug)]
pub struct Tokens {
    /// A JWT that says who they are.
    pub access: String,
    /// Seconds that it lives.
    pub expires_in: i32,
    /// Yields further access tokens; none after a refresh.
    pub refresh: Option<SecretString>,
}

/// The pool's answer to a password.
#[derive(Debug)]
pub enum SignedIn {
    /// It is right.
    Yes(Tokens),
    /// It is right and was only good for this: a password of one's own must be chosen.
    NewPasswordNeeded {
        /// What the choice is to be sent with.
        session: String,
    },
}

/// Somebody in the pool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Their subject; also their name in administrative calls.
    pub sub: String,
    /// Their address.
    pub email: String,
    /// Whether they have yet to sign in for the first time.
    pub is_new: bool,
}

/// One pool, through one client of it.
#[derive(Debug, Clone)]
pub struct UserPool {
    client: Client,
    pool: String,
    client_id: String,
}

impl UserPool {
    /// The pool of this id.
    pub fn new(config: &SdkConfig, pool: String, client_id: String) -> Self {
        Self { client: Client::new(config), pool, client_id }
    }

    /// Tries an address and a password.
    pub async fn sign_in(
        &self,
        email: &str,
        password: &SecretString,
    ) -> Result<SignedIn, CognitoError> {
        let call = self.client.admin_initiate_auth().user_pool_id(&self.pool);
        let answer = call
            .client_id(&self.client_id)
            .auth_flow(AuthFlowType::AdminUserPasswordAuth)
            .auth_parameters("USERNAME", email)
            .auth_parameters("PASSWORD", password.expose_secret())
            .send()
            .await
            .map_err(|error| failed("AdminInitiateAuth", &error))?;
        if let Some(ChallengeNameType::NewPasswordRequired) = answer.challenge_name() {
            let session = answer.session.ok_or(CognitoError::Refused)?;
            return Ok(SignedIn::NewPasswordNeeded { session });
        }
        tokens(answer.authentication_result).map(SignedIn::Yes)
    }

    /// Chooses the first password of one's own.
    pub async fn choose_password(
        &self,
        email: &str,
        session: &str,
        password: &SecretString,
    ) -> Result<Tokens, CognitoError> {
        let call = self.client.admin_respond_to_auth_challenge().user_pool_id(&self.pool);
        let answer = call
            .client_id(&self.client_id)
            .challenge_name(ChallengeNameType::NewPasswordRequired)
            .session(session)
            .challenge_responses("USERNAME", email)
            .challenge_responses("NEW_PASSWORD", password.expose_secret())
            .send()
            .await
            .map_err(|error| failed("AdminRespondToAuthChallenge", &error))?;
        tokens(answer.authentication_result)
    }

    /// Another access token.
    pub async fn refresh(&self, token: &SecretString) -> Result<Tokens, CognitoError> {
        let call = self.client.admin_initiate_auth().user_pool_id(&self.pool);
        let answer = call
            .client_id(&self.client_id)
            .auth_flow(AuthFlowType::RefreshTokenAuth)
            .auth_parameters("REFRESH_TOKEN", token.expose_secret())
            .send()
            .await
            .map_err(|error| failed("AdminInitiateAuth", &error))?;
        tokens(answer.authentication_result)
    }

    /// Ends what a refresh token can do. One that has ended may be ended again.
    pub async fn revoke(&self, token: &SecretString) -> Result<(), CognitoError> {
        let call = self.client.revoke_token().client_id(&self.client_id);
        let sent = call.token(token.expose_secret()).send().await;
        sent.map(drop).map_err(|error| failed("RevokeToken", &error))
    }

    /// Ends all refresh tokens of somebody.
    pub async fn sign_out_everywhere(&self, sub: &str) -> Result<(), CognitoError> {
        let call = self.client.admin_user_global_sign_out().user_pool_id(&self.pool);
        let sent = call.username(sub).send().await;
        sent.map(drop).map_err(|error| failed("AdminUserGlobalSignOut", &error))
    }

    /// Has a code sent with which a password can be set anew.
    pub async fn forgot_password(&self, email: &str) -> Result<(), CognitoError> {
        let call = self.client.forgot_password().client_id(&self.client_id);
        let sent = call.username(email).send().await;
        sent.map(drop).map_err(|error| failed("ForgotPassword", &error))
    }

    /// Sets a password anew, with the code that was sent.
    pub async fn reset_password(
        &self,
        email: &str,
        code: &str,
        password: &SecretString,
    ) -> Result<(), CognitoError> {
        let call = self.client.confirm_forgot_password().client_id(&self.client_id);
        let sent = call
            .username(email)
            .confirmation_code(code)
            .password(password.expose_secret())
            .send()
            .await;
        sent.map(drop).map_err(|error| match failed("ConfirmForgotPassword", &error) {
            // Who is not known, or can't reset, is told what a wrong code is told.
            CognitoError::Refused => CognitoError::WrongCode,
            other => other,
        })
    }

    /// Somebody by their address or subject.
    pub async fn user(&self, name: &str) -> Result<Option<User>, CognitoError> {
        let call = self.client.admin_get_user().user_pool_id(&self.pool);
        match call.username(name).send().await {
            Ok(found) => {
                let is_new = found.user_status() == Some(&UserStatusType::ForceChangePassword);
                user(found.user_attributes(), is_new).map(Some)
            }
            Err(error) if code(&error) == Some("UserNotFoundException") => Ok(None),
            Err(error) => Err(failed("AdminGetUser", &error)),
        }
    }

    /// Makes somebody known, and has them sent a first password; [`CognitoError::Taken`] if they
    /// are known already.
    pub async fn invite(&self, email: &str) -> Result<User, CognitoError> {
        self.create(email, None).await
    }

    /// Sends the first password again, a new one. By address: where addresses are names, this call
    /// takes no other.
    pub async fn invite_again(&self, email: &str) -> Result<(), CognitoError> {
        self.create(email, Some(MessageActionType::Resend)).await.map(drop)
    }

    /// Makes somebody known and tells them nothing: for what [`UserPool::set_password`] follows.
    pub async fn introduce(&self, email: &str) -> Result<User, CognitoError> {
        self.create(email, Some(MessageActionType::Suppress)).await
    }

    async fn create(
        &self,
        name: &str,
        action: Option<MessageActionType>,
    ) -> Result<User, CognitoError> {
        let call = self.client.admin_create_user().user_pool_id(&self.pool).username(name);
        let call = match action {
            Some(MessageActionType::Resend) => call,
            _ => call.user_attributes(attribute("email", name)?),
        };
        let answer = call
            .set_message_action(action)
            .desired_delivery_mediums(DeliveryMediumType::Email)
            .send()
            .await
            .map_err(|error| failed("AdminCreateUser", &error))?;
        let created = answer.user.ok_or(CognitoError::Refused)?;
        user(created.attributes(), true)
    }

    /// Sets somebody's address, as verified or not.
    pub async fn set_email(
        &self,
        sub: &str,
        email: &str,
        is_verified: bool,
    ) -> Result<(), CognitoError> {
        let call = self.client.admin_update_user_attributes().user_pool_id(&self.pool);
        let sent = call
            .username(sub)
            .user_attributes(attribute("email", email)?)
            .user_attributes(attribute("email_verified", &is_verified.to_string())?)
            .send()
            .await;
        sent.map(drop).map_err(|error| failed("AdminUpdateUserAttributes", &error))
    }

    /// Sets somebody's password for good.
    pub async fn set_password(
        &self,
        sub: &str,
        password: &SecretString,
    ) -> Result<(), CognitoError> {
        let call = self.client.admin_set_user_password().user_pool_id(&self.pool).username(sub);
        let sent = call.password(password.expose_secret()).permanent(true).send().await;
        sent.map(drop).map_err(|error| failed("AdminSetUserPassword", &error))
    }

    /// Wants another address for whoever holds this access token: a code goes there.
    pub async fn want_email(&self, access: &str, email: &str) -> Result<(), CognitoError> {
        let call = self.client.update_user_attributes().access_token(access);
        let sent = call.user_attributes(attribute("email", email)?).send().await;
        sent.map(drop).map_err(|error| failed("UpdateUserAttributes", &error))
    }

    /// Proves that the address that was wanted is one's own.
    pub async fn confirm_email(&self, access: &str, code: &str) -> Result<(), CognitoError> {
        let call = self.client.verify_user_attribute().access_token(access);
        let sent = call.attribute_name("email").code(code).send().await;
        sent.map(drop).map_err(|error| failed("VerifyUserAttribute", &error))
    }
}

fn attribute(name: &str, value: &str) -> Result<AttributeType, CognitoError> {
    let built = AttributeType::builder().name(name).value(value).build();
    built.map_err(|error| CallFailed::unanswered("AttributeType", &error).into())
}

fn user(attributes: &[AttributeType], is_new: bool) -> Result<User, CognitoError> {
    let value = |name| {
        let found = attributes.iter().find(|attribute| attribute.name() == name);
        found.and_then(AttributeType::value).map(str::to_owned)
    };
    match (value("sub"), value("email")) {
        (Some(sub), Some(email)) => Ok(User { sub, email, is_new }),
        _ => Err(CognitoError::Refused),
    }
}

fn tokens(result: Option<AuthenticationResultType>) -> Result<Tokens, CognitoError> {
    // A challenge that we never ask the pool to make.
    let result = result.ok_or(CognitoError::Refused)?;
    Ok(Tokens {
        access: result.access_token.ok_or(CognitoError::Refused)?,
        expires_in: result.expires_in,
        refresh: result.refresh_token.map(SecretString::from),
    })
}

fn code<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> Option<&str> {
    error.as_service_error().and_then(ProvideErrorMetadata::code)
}

/// What an error means. Its words may name an address, so only its code is kept.
fn failed<E, R>(operation: &'static str, error: &SdkError<E, R>) -> CognitoError
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
    R: std::fmt::Debug + 'static,
{
    match code(error) {
        Some(
            "NotAuthorizedException"
            | "UserNotFoundException"
            | "UserNotConfirmedException"
            | "PasswordResetRequiredException"
            | "InvalidParameterException"
            | "UnsupportedUserStateException",
        ) => CognitoError::Refused,
        Some("CodeMismatchException" | "ExpiredCodeException") => CognitoError::WrongCode,
        Some("InvalidPasswordException" | "PasswordHistoryPolicyViolationException") => {
            CognitoError::WeakPassword
        }
        Some("AliasExistsException" | "UsernameExistsException") => CognitoError::Taken,
        Some(
            "TooManyRequestsException"
            | "TooManyFailedAttemptsException"
            | "LimitExceededException",
        ) => CognitoError::TooMany,
        Some(code) => CallFailed::of(operation, code).into(),
        None => CallFailed::new(operation, error).into(),
    }
}
