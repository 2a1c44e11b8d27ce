using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;

namespace Switchboard.Simulator.Edge;

/// <summary>Where the simulator itself is called: what it writes into links to its own files.</summary>
internal sealed class SimulatorAddress(IServer server, IOptions<SimulatorOptions> options)
{
    private readonly Lazy<string> _url = new(() => (options.Value.Url?.AbsoluteUri ?? Listening(server)).TrimEnd('/'));

    /// <summary>Without a slash at its end.</summary>
    public string Url => _url.Value;

    // known once the server has started; a wildcard for its host is this machine
    private static string Listening(IServer server)
    {
        var addresses = server.Features.Get<IServerAddressesFeature>()!.Addresses;
        var address = BindingAddress.Parse(addresses.FirstOrDefault(one => one.StartsWith("http:", StringComparison.Ordinal)) ?? addresses.First());
        var host = address.Host is "+" or "*" or "0.0.0.0" or "[::]" ? "localhost" : address.Host;
        return $"{address.Scheme}://{host}:{address.Port}";
    }
}
