using Switchboard.ServiceDefaults;

namespace Switchboard.Edge.Api.Http;

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
}
