using Switchboard.Edge.Api.Platform;

namespace Switchboard.Edge.Api.Email.Accounts;

/// <summary>Why a mailbox is not connected, and what the account holder may do. Pure decisions over what the authority and Graph answered.</summary>
/// <param name="Status">The status of the answer.</param>
/// <param name="Detail">For a person.</param>
/// <param name="Type">The type of the problem, where the status does not say it all.</param>
/// <param name="RetryAfterSeconds">When the same request may succeed.</param>
internal sealed record ConnectionRefusal(int Status, string Detail, string? Type = null, int? RetryAfterSeconds = null)
{
    private const int RetrySeconds = 5;
    private const int LongestRetrySeconds = 600;

    // what others say is cut: it is for a person
    private const int LongestWords = 400;

    private const string Again = "Open the authorizationUrl again: it is good until its expiresAt.";

    /// <summary>The state is not one of ours, was used, or is too old.</summary>
    public static ConnectionRefusal Unknown { get; } = new(
        StatusCodes.Status400BadRequest,
        "This authorization is not known: it has ended, or started more than ten minutes ago. Start again at POST /api/accounts/email.",
        ProblemKinds.ConnectionEnded);

    /// <summary>Neither a code nor an error came with the state.</summary>
    public static ConnectionRefusal NoCode { get; } =
        new(StatusCodes.Status400BadRequest, $"The authority sent neither a code nor an error. {Again}");

    /// <summary>The authorization ends with the session of the account holder.</summary>
    public static ConnectionRefusal NoRefreshToken { get; } = new(
        StatusCodes.Status403Forbidden,
        $"The authority gave no refresh token: the authorization must include offline_access. {Again}",
        ProblemKinds.NotConsented);

    /// <summary>Another user has it.</summary>
    public static ConnectionRefusal Taken { get; } = new(StatusCodes.Status409Conflict, "This mailbox is connected to another user.");

    /// <summary>Graph does not say whose mailbox it is.</summary>
    public static ConnectionRefusal NoAddress { get; } =
        new(StatusCodes.Status409Conflict, "The account that was chosen has no mailbox. Open the authorizationUrl again and choose another account.");

    /// <summary>The account that was chosen is not the one that was asked for.</summary>
    public static ConnectionRefusal Other(string wanted, string chosen) => new(
        StatusCodes.Status409Conflict,
        $"{wanted} was to be connected, but {chosen} was chosen. Open the authorizationUrl again and choose {wanted}.");

    /// <summary>The authority sent its user back with an error (RFC 6749, 4.1.2.1).</summary>
    public static ConnectionRefusal OfAuthorization(string error, string? description) => error switch
    {
        "access_denied" or "consent_required" or "interaction_required" or "login_required" => new(
            StatusCodes.Status403Forbidden, $"The account holder did not authorize it: {Words(error, description)} {Again}", ProblemKinds.NotConsented),
        "temporarily_unavailable" or "server_error" => Unavailable("The authority", RetrySeconds),
        _ => Misconfigured(error, description),
    };

    /// <summary>The authority did not give tokens for the code (RFC 6749, 5.2).</summary>
    public static ConnectionRefusal OfToken(int status, string? error, string? description, TimeSpan? retryAfter) => (status, error) switch
    {
        (408 or 429 or >= 500, _) or (_, "temporarily_unavailable") => Unavailable("The authority", Seconds(retryAfter)),
        (_, "invalid_grant") => new(
            StatusCodes.Status400BadRequest, $"The code is not good any more: {Words(error, description)} {Again}", ProblemKinds.ConnectionEnded),
        _ => Misconfigured(error ?? $"status {status}", description),
    };

    /// <summary>Graph did not say whose mailbox it is.</summary>
    public static ConnectionRefusal OfGraph(int status, TimeSpan? retryAfter) => status switch
    {
        408 or 429 or >= 500 => Unavailable("Microsoft Graph", Seconds(retryAfter)),
        401 or 403 => new(
            StatusCodes.Status403Forbidden, $"Microsoft Graph does not say whose mailbox it is: the authorization must include User.Read. {Again}",
            ProblemKinds.NotConsented),
        _ => new(StatusCodes.Status502BadGateway, $"Microsoft Graph answered {status} when it was asked whose mailbox it is."),
    };

    /// <summary>No answer in time.</summary>
    public static ConnectionRefusal Unavailable(string who, int seconds = RetrySeconds) => new(
        StatusCodes.Status503ServiceUnavailable,
        $"{who} does not answer. {Again}",
        RetryAfterSeconds: seconds);

    private static ConnectionRefusal Misconfigured(string error, string? description) => new(
        StatusCodes.Status502BadGateway,
        $"The authority does not take this application: {Words(error, description)} An operator should compare the section Graph with its registration.");

    private static int Seconds(TimeSpan? retryAfter) =>
        retryAfter is { } time ? Math.Clamp((int)Math.Ceiling(time.TotalSeconds), 1, LongestRetrySeconds) : RetrySeconds;

    private static string Words(string? error, string? description)
    {
        var words = string.IsNullOrWhiteSpace(description) ? error ?? "" : $"{error}, {description}";
        return words.Length <= LongestWords ? words.TrimEnd('.') + "." : words[..LongestWords] + "…";
    }
}
