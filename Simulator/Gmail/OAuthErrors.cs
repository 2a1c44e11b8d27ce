namespace Switchboard.Simulator.Gmail;

/// <summary>The errors of Google's token endpoint that there are here.</summary>
internal static class OAuthErrors
{
    public static OAuthError UnknownClient { get; } = new(401, "invalid_client", "The OAuth client was not found.");

    public static OAuthError WrongSecret { get; } = new(401, "invalid_client", "Unauthorized");

    public static OAuthError Revoked { get; } = new(400, "invalid_grant", "Token has been expired or revoked.");

    public static OAuthError UnknownToken { get; } = new(400, "invalid_grant", "Bad Request");

    public static OAuthError UnknownCode { get; } = new(400, "invalid_grant", "Malformed auth code.");

    public static OAuthError NoForm { get; } = new(400, "invalid_request", "Required parameter is missing: grant_type");

    public static OAuthError WrongGrant(string? grant) => new(400, "unsupported_grant_type", $"Invalid grant_type: {grant}");

    /// <summary>The error of a fault that was asked for.</summary>
    public static OAuthError Fault(int? status, string? error) => error switch
    {
        "invalid_grant" => Revoked with { Status = status ?? 400 },
        "invalid_client" => WrongSecret with { Status = status ?? 401 },
        not null => new(status ?? 400, error, "Bad Request"),
        null when status is 400 => Revoked,
        null when status is 401 => WrongSecret,
        null when status is 429 => new(429, "rate_limit_exceeded", "Rate limit exceeded"),
        null => new(status ?? 500, "internal_failure", "Internal error"),
    };
}
