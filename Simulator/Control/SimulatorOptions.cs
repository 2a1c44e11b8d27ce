using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;

namespace Switchboard.Simulator.Control;

/// <summary>Options of the section <c>Simulator</c>.</summary>
internal sealed class SimulatorOptions
{
    public const string Section = "Simulator";

    /// <summary>Where webhooks go; without it the address that the app host gives for <c>edge-api</c>.</summary>
    public Uri? EdgeUrl { get; set; }

    /// <summary>Where the simulator itself is called, for links to its files; without it the address that it listens on.</summary>
    public Uri? Url { get; set; }

    /// <summary>Which of the ports it listens on speaks HTTP/2 alone, for APNs; without one APNs cannot be called.</summary>
    [Range(1, 65_535)]
    public int? Http2Port { get; set; }

    /// <summary>Where the journals of accepted messages live; without it they end with the process.</summary>
    public string? DataFolder { get; set; }

    /// <summary>How many sent messages are kept; the oldest go first.</summary>
    [Range(1, 1_000_000)]
    public int MaxMessages { get; set; } = 1_000_000;
}

/// <summary>What all providers share: the clock, the client of the edge, and where the simulator is.</summary>
internal static class SimulatorServices
{
    public static IServiceCollection AddSimulator(this IServiceCollection services, TimeProvider timeProvider)
    {
        services.AddOptions<SimulatorOptions>().BindConfiguration(SimulatorOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton(timeProvider);
        return services.AddSingleton<EdgeClient>().AddSingleton<SimulatorAddress>().AddSingleton<AuthorizationCodes>();
    }
}

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
        var plain = addresses.FirstOrDefault(one => one.StartsWith("http:", StringComparison.Ordinal));
        var address = BindingAddress.Parse(plain ?? addresses.First());
        var host = address.Host is "+" or "*" or "0.0.0.0" or "[::]" ? "localhost" : address.Host;
        return $"{address.Scheme}://{host}:{address.Port}";
    }
}
