using Microsoft.AspNetCore.Http.Features;

namespace Switchboard.Edge.Api.Webhooks.Twilio;

/// <summary>
/// What the provider may have called to reach us, letter by letter: it signs the address as it was registered, which proxies and
/// standard ports change on its way.
/// </summary>
internal static class SignedUrlCandidates
{
    /// <summary>Every candidate for this request.</summary>
    /// <param name="publicBaseUrl">The edge as the provider calls it, if that is configured.</param>
    /// <param name="request">The request; what trusted proxies say is in it already.</param>
    public static IReadOnlyList<string> Of(string? publicBaseUrl, HttpRequest request)
    {
        var target = TargetOf(request);
        List<string> candidates = [];
        if (!string.IsNullOrEmpty(publicBaseUrl))
            AddWithPorts(candidates, publicBaseUrl.TrimEnd('/'), target);
        AddWithPorts(candidates, $"{request.Scheme}://{request.Host.Value}", target);
        return candidates;
    }

    // Path and query as they were sent, not decoded and encoded again. A request through a proxy of the client may name the host too.
    private static string TargetOf(HttpRequest request)
    {
        var raw = request.HttpContext.Features.Get<IHttpRequestFeature>()?.RawTarget;
        if (string.IsNullOrEmpty(raw))
            return $"{request.PathBase}{request.Path}{request.QueryString}";
        var scheme = raw.IndexOf("://", StringComparison.Ordinal);
        return raw[0] == '/' || scheme < 0 ? raw
            : raw.IndexOf('/', scheme + 3) is > 0 and var path ? raw[path..]
            : "/";
    }

    // as it is, without its port, and with the port that goes without saying
    private static void AddWithPorts(List<string> candidates, string baseUrl, string target)
    {
        var (origin, path) = Split(baseUrl);
        var port = PortAt(origin);
        Add(origin);
        if (port >= 0)
            Add(origin[..port]);
        else
            Add(origin + (origin.StartsWith("https:", StringComparison.OrdinalIgnoreCase) ? ":443" : ":80"));

        void Add(string candidate)
        {
            if (candidate + path + target is var address && !candidates.Contains(address))
                candidates.Add(address);
        }
    }

    private static (string Origin, string Path) Split(string baseUrl)
    {
        var path = baseUrl.IndexOf('/', baseUrl.IndexOf("://", StringComparison.Ordinal) + 3);
        return path < 0 ? (baseUrl, "") : (baseUrl[..path], baseUrl[path..]);
    }

    // the colon of a port stands after the bracket of an IPv6 address and after what names a user
    private static int PortAt(string origin)
    {
        var host = Math.Max(origin.LastIndexOf('@'), origin.IndexOf("://", StringComparison.Ordinal) + 2);
        var colon = origin.LastIndexOf(':');
        return colon > host && colon > origin.LastIndexOf(']') ? colon : -1;
    }
}
