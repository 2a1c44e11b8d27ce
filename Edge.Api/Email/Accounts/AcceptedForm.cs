using Microsoft.Net.Http.Headers;

namespace Switchboard.Edge.Api.Email.Accounts;

/// <summary>In which form an answer is wanted (RFC 9110, 12.5.1).</summary>
internal static class AcceptedForm
{
    private const string Html = "text/html";
    private const string Json = "application/json";

    /// <summary>Whether HTML is wanted more than JSON, as browsers say; who takes anything gets JSON.</summary>
    public static bool PrefersHtml(HttpRequest request) =>
        MediaTypeHeaderValue.TryParseList(request.Headers.Accept, out var accepted) && Quality(accepted, Html) > Quality(accepted, Json);

    // the most specific range that fits counts
    private static double Quality(IList<MediaTypeHeaderValue> accepted, string type)
    {
        var wanted = new MediaTypeHeaderValue(type);
        var range = accepted.Where(range => wanted.IsSubsetOf(range))
            .OrderBy(range => range.MatchesAllTypes ? 2 : range.MatchesAllSubTypes ? 1 : 0)
            .FirstOrDefault();
        return range is null ? 0 : range.Quality ?? 1;
    }
}
