using Switchboard.ServiceDefaults;

namespace Switchboard.Edge.Api.Platform;

/// <summary>
/// The <c>type</c> of problems whose status does not say it all. A client may switch on them: they are never renamed.
/// </summary>
internal static class ProblemKinds
{
    /// <summary>400: fields of the request are wrong; <c>errors</c> names each.</summary>
    public static readonly string Validation = ProblemTypes.Of("validation");

    /// <summary>403: the key lacks a scope.</summary>
    public static readonly string MissingScope = ProblemTypes.Of("missing-scope");

    /// <summary>409: a request with this <c>Idempotency-Key</c> is being answered.</summary>
    public static readonly string IdempotencyKeyInFlight = ProblemTypes.Of("idempotency-key-in-flight");

    /// <summary>422: the <c>Idempotency-Key</c> was used for another request.</summary>
    public static readonly string IdempotencyKeyReused = ProblemTypes.Of("idempotency-key-reused");

    /// <summary>409: another user has verified this phone number.</summary>
    public static readonly string NumberTaken = ProblemTypes.Of("phone-number-taken");

    /// <summary>422: not the code that the phone number was sent; <c>triesLeft</c> says how often it may be tried.</summary>
    public static readonly string WrongCode = ProblemTypes.Of("wrong-code");

    /// <summary>422: the phone number's code is over or void; a new one helps.</summary>
    public static readonly string CodeExpired = ProblemTypes.Of("code-expired");

    /// <summary>400: an authorization that was begun is over; beginning again helps.</summary>
    public static readonly string ConnectionEnded = ProblemTypes.Of("connection-ended");

    /// <summary>403: the owner of a mailbox did not consent to all that it takes.</summary>
    public static readonly string NotConsented = ProblemTypes.Of("not-consented");
}
