using System.Diagnostics.Metrics;
using System.Globalization;

namespace Switchboard.Core.Diagnostics;

/// <summary>Follows the HTTP connections of this process by the meter of <see cref="System.Net.Http"/>, which tells each change.</summary>
internal sealed class HttpConnectionMeter : IDisposable
{
    private const string MeterName = "System.Net.Http";
    private const string OpenConnections = "http.client.open_connections";

    private readonly MeterListener _listener = new();
    private readonly Lock _gate = new();
    private readonly Dictionary<Host, (long Active, long Idle)> _hosts = [];

    public HttpConnectionMeter()
    {
        _listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument is { Meter.Name: MeterName, Name: OpenConnections })
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((_, change, tags, _) => Changed(change, tags));
        _listener.Start();
    }

    /// <summary>The connections as they are now.</summary>
    public HttpStats Read()
    {
        lock (_gate)
        {
            return new([.. _hosts
                .Select(host => new HostConnections(
                    host.Key.ToString(), (int)Math.Max(0, host.Value.Active), (int)Math.Max(0, host.Value.Idle)))
                .OrderBy(host => host.Host, StringComparer.Ordinal)]);
        }
    }

    public void Dispose() => _listener.Dispose();

    private void Changed(long change, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var host = default(Host);
        var isActive = false;
        foreach (var (name, value) in tags)
        {
            switch (name)
            {
                case "server.address":
                    host = host with { Address = value as string };
                    break;
                case "server.port":
                    host = host with { Port = value as int? };
                    break;
                case "http.connection.state":
                    isActive = value is "active";
                    break;
                default:
                    break;
            }
        }

        lock (_gate)
        {
            var (active, idle) = _hosts.GetValueOrDefault(host);
            (long Active, long Idle) now = isActive ? (active + change, idle) : (active, idle + change);
            if (now == default)
                _hosts.Remove(host);
            else
                _hosts[host] = now;
        }
    }

    private readonly record struct Host(string? Address, int? Port)
    {
        public override string ToString() =>
            Port is { } port && port is not (80 or 443) ? string.Create(CultureInfo.InvariantCulture, $"{Address}:{port}") : Address ?? "";
    }
}

/// <summary>A process's HTTP connections to others.</summary>
/// <param name="Hosts">Those that have any open now.</param>
public sealed record HttpStats(IReadOnlyList<HostConnections> Hosts) : IStats
{
    /// <inheritdoc/>
    public static string Section => "http";
}

/// <summary>Open connections to one host.</summary>
/// <param name="Host">Its name and, if it is not that of its scheme, its port.</param>
/// <param name="Active">A request is on its way over them.</param>
/// <param name="Idle">They wait for the next one.</param>
public sealed record HostConnections(string Host, int Active, int Idle);
