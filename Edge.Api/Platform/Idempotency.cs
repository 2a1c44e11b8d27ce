using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Switchboard.Edge.Api.Platform;

/// <summary>The header <c>Idempotency-Key</c> (draft-ietf-httpapi-idempotency-key-header).</summary>
internal static class IdempotencyKeyHeader
{
    public const string Name = "Idempotency-Key";

    /// <summary>On an answer that was given before.</summary>
    public const string Replayed = "Idempotency-Replayed";

    private const int MaxLength = 255;

    /// <summary>What is wrong with the key; null if nothing is, or there is none.</summary>
    public static string? ErrorOf(string? key) => key switch
    {
        null => null,
        "" => "It is empty.",
        { Length: > MaxLength } => $"It is longer than {MaxLength} characters.",
        _ when key.AsSpan().ContainsAnyExceptInRange(' ', '~') => "It may have printable ASCII characters only.",
        _ => null,
    };
}

/// <summary>
/// What makes two requests with one <c>Idempotency-Key</c> the same: the path and what the body says, however either is written, and the
/// key of the API with its scopes, so that an answer is replayed only to the caller that got it.
/// </summary>
internal static class RequestFingerprint
{
    public static byte[] Of<TRequest>(Caller caller, PathString path, TRequest request)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var part in caller.Scopes.Order(StringComparer.Ordinal).Prepend(caller.KeyId.ToString()).Append(Normal(path)))
        {
            hash.AppendData(Encoding.UTF8.GetBytes(part));
            hash.AppendData([0]);
        }

        hash.AppendData(JsonSerializer.SerializeToUtf8Bytes(request, JsonSerializerOptions.Web));
        return hash.GetHashAndReset();
    }

    /// <summary>The number of the lock that a request with this key holds while it is in flight.</summary>
    public static long LockOf(Guid userId, string key) =>
        BinaryPrimitives.ReadInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes($"{userId:n}/{key}")));

    // routes are found whatever the case, and with a slash at the end
    private static string Normal(PathString path) => (path.Value ?? "").TrimEnd('/').ToLowerInvariant();
}

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
    public static IdempotencyDecision Decide(bool holdsLock, PriorAnswer? prior, ReadOnlySpan<byte> requestHash) =>
        (holdsLock, prior) switch
        {
            (_, not null) => CryptographicOperations.FixedTimeEquals(prior.RequestHash, requestHash)
                ? IdempotencyDecision.Replay
                : IdempotencyDecision.Reused,
            (false, null) => IdempotencyDecision.InFlight,
            (true, null) => IdempotencyDecision.Proceed,
        };
}

/// <summary>What was answered to the first request with this key.</summary>
/// <param name="RequestHash">Which request it was.</param>
/// <param name="Response">The answer's body, encrypted.</param>
internal sealed record PriorAnswer(byte[] RequestHash, byte[] Response);
