using System.Security.Cryptography;

namespace Switchboard.Edge.Api.Platform;

/// <summary>What a request with an <c>Idempotency-Key</c> comes to.</summary>
internal enum IdempotencyDecision
{
    /// <summary>It is the first: do it.</summary>
    Proceed,

    /// <summary>It was done: the same answer again.</summary>
    Replay,

    /// <summary>The first is being done: 409.</summary>
    InFlight,

    /// <summary>The key was used for another request: 422.</summary>
    Reused,
}

/// <summary>Decides it.</summary>
internal static class IdempotencyDecisions
{
    /// <param name="holdsLock">Whether no other request with this key is in flight.</param>
    /// <param name="prior">The answer to the first request, if it was answered.</param>
    /// <param name="requestHash">This request.</param>
    public static IdempotencyDecision Decide(bool holdsLock, PriorAnswer? prior, ReadOnlySpan<byte> requestHash) => (holdsLock, prior) switch
    {
        (_, not null) => CryptographicOperations.FixedTimeEquals(prior.RequestHash, requestHash)
            ? IdempotencyDecision.Replay
            : IdempotencyDecision.Reused,
        (false, null) => IdempotencyDecision.InFlight,
        (true, null) => IdempotencyDecision.Proceed,
    };
}
