using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;
using Switchboard.Core.Providers;

namespace Switchboard.Workers.Ingest.Sms.Media;

/// <summary>From where media may come: the provider's API, whose address was configured, and by https the hosts that were allowed.</summary>
internal sealed class MediaAddresses(IOptions<TwilioMediaOptions> options)
{
    private const string RestPath = "/2010-04-01/";

    private readonly Uri _api = options.Value.ApiBaseUrl;
    private readonly string[] _hosts = [.. options.Value.AllowedHosts.Select(host => host.ToLowerInvariant())];

    /// <summary>The address, if media may come from there.</summary>
    /// <exception cref="MediaException">It may not.</exception>
    public Uri Allowed(string address) => Uri.TryCreate(address, UriKind.Absolute, out var url)
        ? Allowed(url, "It is at")
        : throw MediaException.ForGood("Its address is no URL.");

    /// <summary>Where a redirect leads, if media may come from there.</summary>
    /// <exception cref="MediaException">It may not.</exception>
    public Uri Allowed(Uri from, Uri redirect) => Allowed(new Uri(from, redirect), "It redirects to");

    /// <summary>Whether it is shown the account's token: an address of the provider's API is. One that it redirects to only if it is
    /// of the REST API too, and not of a store of files beside it, whose links are their own permits.</summary>
    public bool KnowsAccount(Uri url, bool isRedirect) =>
        IsApi(url) && (!isRedirect || url.AbsolutePath.StartsWith(_api.AbsolutePath.TrimEnd('/') + RestPath, StringComparison.Ordinal));

    /// <summary>Whether the provider's API is there, which may be a private address.</summary>
    public bool IsApi(string host, int port) => port == _api.Port && string.Equals(host, _api.IdnHost, StringComparison.OrdinalIgnoreCase);

    private Uri Allowed(Uri url, string where)
    {
        if (IsApi(url))
            return url;
        if (url.Scheme != Uri.UriSchemeHttps)
            throw MediaException.ForGood($"{where} an address that is not https.");
        return _hosts.Any(host => Matches(host, url.IdnHost))
            ? url
            : throw MediaException.ForGood($"{where} {url.IdnHost}, from where no media is taken.");
    }

    private bool IsApi(Uri url) => url.Scheme == _api.Scheme && IsApi(url.IdnHost, url.Port);

    private static bool Matches(string allowed, string host) => allowed.StartsWith("*.", StringComparison.Ordinal)
        ? host.EndsWith(allowed[1..], StringComparison.OrdinalIgnoreCase) && host.Length > allowed.Length - 1
        : host.Equals(allowed, StringComparison.OrdinalIgnoreCase);
}

/// <summary>
/// Connects to where media is. The name is resolved here and the connection made to the address that was looked at: a name that points
/// elsewhere a moment later (DNS rebinding) gains nothing.
/// </summary>
internal sealed class MediaConnections(MediaAddresses addresses)
{
    /// <summary>Connects, for <see cref="SocketsHttpHandler.ConnectCallback"/>.</summary>
    /// <exception cref="PrivateAddressException">No address of the host is public, and it is not the provider's API.</exception>
    public async ValueTask<Stream> ConnectAsync(DnsEndPoint host, CancellationToken cancellationToken)
    {
        var found = await Dns.GetHostAddressesAsync(host.Host, cancellationToken);
        var open = addresses.IsApi(host.Host, host.Port) ? found : Array.FindAll(found, PublicAddress.Is);
        if (open.Length == 0)
            throw new PrivateAddressException(host.Host);

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(open, host.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
