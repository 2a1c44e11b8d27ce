namespace Switchboard.Edge.Api.Platform;

/// <summary>The header <c>Idempotency-Key</c> (draft-ietf-httpapi-idempotency-key-header).</summary>
internal static class IdempotencyKeyHeader
{
    public const string Name = "Idempotency-Key";

    /// <summary>On an answer that was given before.</summary>
    public const string Replayed = "Idempotency-Replayed";

    private const int MaxLength = 255;

    /// <summary>What is wrong with the key; null if nothing is, or there is none.</summary>
    public static string? Mistake(string? key) => key switch
    {
        null => null,
        "" => "It is empty.",
        { Length: > MaxLength } => $"It is longer than {MaxLength} characters.",
        _ when key.AsSpan().ContainsAnyExceptInRange(' ', '~') => "It may have printable ASCII characters only.",
        _ => null,
    };
}
