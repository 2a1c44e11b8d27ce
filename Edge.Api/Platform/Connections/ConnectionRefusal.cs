using System.Globalization;
using Switchboard.Core.Providers;

namespace Switchboard.Edge.Api.Platform.Connections;

/// <summary>Why an account is not connected, and what the account holder may do. Pure decisions over what the provider answered.</summary>
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
    public static ConnectionRefusal Unknown(ConnectionSubject subject) => new(
        StatusCodes.Status400BadRequest,
        $"This authorization is not known: it has ended, or started more than ten minutes ago. Start again at POST {subject.Route}.",
        ProblemKinds.ConnectionEnded);

    /// <summary>Another browser confirmed it, or none, or it does not keep cookies.</summary>
    public static ConnectionRefusal NotConfirmed { get; } = new(
        StatusCodes.Status403Forbidden,
        $"The connection was not confirmed in this browser. {Again} Confirm it there, with cookies allowed.",
        ProblemKinds.NotConfirmed);

    /// <summary>Neither a code nor an error came with the state.</summary>
    public static ConnectionRefusal NoCode { get; } =
        new(StatusCodes.Status400BadRequest, $"The authority sent neither a code nor an error. {Again}");

    /// <summary>The authorization ends with the session of the account holder.</summary>
    public static ConnectionRefusal NoRefreshToken { get; } = new(
        StatusCodes.Status403Forbidden,
        $"The authority gave no refresh token: the authorization must include access while the account holder is offline. {Again}",
        ProblemKinds.NotConsented);

    /// <summary>It is not to be had here; whose it is, if anybody's, is not told.</summary>
    public static ConnectionRefusal NotAvailable(ConnectionSubject subject) =>
        new(StatusCodes.Status409Conflict, $"This {subject.Name} cannot be connected. An operator can say why.");

    /// <summary>The provider does not say whose it is.</summary>
    public static ConnectionRefusal NoAccount(ConnectionSubject subject) => new(
        StatusCodes.Status409Conflict,
        $"The account that was chosen has no {subject.Name}. Open the authorizationUrl again and choose another account.");

    /// <summary>The account that was chosen is not the one that was asked for.</summary>
    public static ConnectionRefusal Other(string wanted, string chosen) => new(
        StatusCodes.Status409Conflict,
        $"{wanted} was to be connected, but {chosen} was chosen. Open the authorizationUrl again and choose {wanted}.");

    /// <summary>The authority sent its user back with an error (RFC 6749, 4.1.2.1).</summary>
    public static ConnectionRefusal OfAuthorization(string error, string? description) => error switch
    {
        "access_denied" or "consent_required" or "interaction_required" or "login_required" => new(
            StatusCodes.Status403Forbidden,
            $"The account holder did not authorize it: {Words(error, description)} {Again}",
            ProblemKinds.NotConsented),
        "temporarily_unavailable" or "server_error" => Unavailable("The authority"),
        _ => Misconfigured(Words(error, description)),
    };

    /// <summary>The authority did not give tokens.</summary>
    public static ConnectionRefusal OfToken(ProviderFailure failure) =>
        MayPass(failure) ? Unavailable("The authority", failure.RetryAfter)
        : failure.Kind == FailureKind.GrantRevoked ? new(
            StatusCodes.Status400BadRequest,
            $"The code is not good any more: {Words(failure.Error, null)} {Again}",
            ProblemKinds.ConnectionEnded)
        : Misconfigured(Words(failure.Error, null));

    /// <summary>The provider did not say whose it is.</summary>
    public static ConnectionRefusal OfProfile(ProviderFailure failure, ConnectionSubject subject) =>
        MayPass(failure) ? Unavailable("The provider", failure.RetryAfter)
        : failure.HttpStatus is 401 or 403 ? new(
            StatusCodes.Status403Forbidden,
            $"The provider does not say whose {subject.Name} it is: all that was asked for must be authorized. {Again}",
            ProblemKinds.NotConsented)
        : new(StatusCodes.Status502BadGateway, $"It is not known whose {subject.Name} it is: {Words(failure.Error, null)}");

    /// <summary>As a problem, with the header that says when to come back.</summary>
    public ProblemHttpResult ToProblem(HttpContext context)
    {
        if (RetryAfterSeconds is { } seconds)
            context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        return Problems.For(Status, Detail, Type);
    }

    private static bool MayPass(ProviderFailure failure) =>
        failure.IsOutage || failure.Kind == FailureKind.Throttled;

    private static ConnectionRefusal Unavailable(string who, TimeSpan? retryAfter = null) => new(
        StatusCodes.Status503ServiceUnavailable,
        $"{who} does not answer. {Again}",
        RetryAfterSeconds: retryAfter is { } time ? Math.Clamp((int)Math.Ceiling(time.TotalSeconds), 1, LongestRetrySeconds) : RetrySeconds);

    private static ConnectionRefusal Misconfigured(string words) => new(
        StatusCodes.Status502BadGateway,
        $"The authority does not take this application: {words} An operator should compare its settings with its registration.");

    private static string Words(string error, string? description)
    {
        var words = string.IsNullOrWhiteSpace(description) ? error : $"{error}, {description}";
        return words.Length <= LongestWords ? words.TrimEnd('.') + "." : StorableText.Cut(words, LongestWords);
    }
}
