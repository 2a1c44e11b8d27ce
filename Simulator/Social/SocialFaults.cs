using Switchboard.Simulator.Control;

namespace Switchboard.Simulator.Social;

/// <summary>Faults of the social platforms: which requests they strike, and how each platform says what is wrong.</summary>
internal static class SocialFaults
{
    // a fault that says nothing else is soon over
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(2);

    private static readonly string[] TokenPaths = ["/oauth", "/access_token", "/refresh_access_token", "Session"];

    private static readonly string[] PostPaths =
    [
        "/media_publish", "/feed", "/videos", "/2/tweets", "/rest/posts", "/api/v1/statuses", "/com.atproto.repo.createRecord",
        "/com.atproto.repo.putRecord",
    ];

    /// <summary>Whose a path below <c>/social</c> is.</summary>
    public static string? ProviderOf(PathString path) =>
        Providers.Social.FirstOrDefault(name => path.StartsWithSegments($"/{name}")) is not { } name ? null
        : Array.Exists(TokenPaths, part => path.Value!.Contains(part, StringComparison.Ordinal)) ? name + Providers.OAuthSuffix
        : name;

    /// <summary>Whether a request makes a post, if it is taken.</summary>
    public static bool MakesPost(HttpRequest request) =>
        HttpMethods.IsPost(request.Method) && Array.Exists(PostPaths, end => request.Path.Value!.EndsWith(end, StringComparison.Ordinal)
            // media of LinkedIn, and not videos of a page
            && !request.Path.Value!.Contains("/rest/videos", StringComparison.Ordinal));

    /// <summary>How a platform refuses; null when the provider is none.</summary>
    public static IResult? Refuse(HttpContext context, Fault fault, DateTimeOffset now)
    {
        var until = now + (fault.RetryAfterSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : Wait);
        var (status, code, response) = (fault.Status, fault.Code, context.Response);
        return fault.Provider switch
        {
            Providers.Instagram or Providers.Facebook => MetaProblem.Fault(status, code),
            Providers.X => XProblem.Fault(response, status, code, until),
            Providers.LinkedIn => LinkedInProblem.Fault(status, code),
            Providers.Mastodon => MastodonApi.Fault(response, status, code, until),
            Providers.Bluesky or Providers.Bluesky + Providers.OAuthSuffix => BlueskyApi.Fault(response, status, code, until),
            Providers.Instagram + Providers.OAuthSuffix or Providers.Facebook + Providers.OAuthSuffix => MetaProblem.Fault(status, code),
            var provider when provider.EndsWith(Providers.OAuthSuffix, StringComparison.Ordinal) && Providers.Social.Any(name =>
                provider == name + Providers.OAuthSuffix) => OAuth(status, code),
            _ => null,
        };
    }

    // RFC 6749, 5.2
    private static JsonAnswer OAuth(int? status, string? code) => MastodonApi.OAuth(
        code ?? status switch { 400 => "invalid_grant", 401 => "invalid_client", 429 => "rate_limit_exceeded", _ => "server_error" },
        "The request was not carried out.", status ?? (code is null ? 500 : 400));
}
