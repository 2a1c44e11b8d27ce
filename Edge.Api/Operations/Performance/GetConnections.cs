using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using Switchboard.Core.Diagnostics;

namespace Switchboard.Edge.Api.Operations.Performance;

/// <summary>HTTP connections to one host.</summary>
/// <param name="Host">Its name, and its port if it is a special one.</param>
/// <param name="Providers">The providers there: twilio, speech; none for another host.</param>
/// <param name="Total">How many are open.</param>
/// <param name="Active">How many of them a request is on.</param>
/// <param name="Idle">How many wait for the next one.</param>
internal sealed record HttpConnections(string Host, IReadOnlyList<string> Providers, int Total, int Active, int Idle);

/// <summary>The connections of one process; null is what it has none of.</summary>
internal sealed record ProcessConnections(
    string Service, Guid ProcessId, DateTimeOffset SeenAt, IReadOnlyList<HttpConnections> Http, RedisStats? Redis, BrokerStats? RabbitMq);

/// <summary>HTTP connections of all processes by host, and every process's own.</summary>
internal sealed record Connections(IReadOnlyList<HttpConnections> Http, IReadOnlyList<ProcessConnections> Processes)
{
    public static Connections Of(IReadOnlyList<ProcessReport> reports, ProviderAddresses addresses) => new(
        ByHost(reports, addresses),
        [.. reports.Select(report => new ProcessConnections(
            report.Service, report.ProcessId, report.SeenAt, ByHost([report], addresses), report.Find<RedisStats>(),
            report.Find<BrokerStats>()))]);

    private static HttpConnections[] ByHost(IReadOnlyList<ProcessReport> reports, ProviderAddresses addresses) =>
        [.. from report in reports
            from host in report.Find<HttpStats>()?.Hosts ?? []
            group host by host.Host into same
            orderby same.Key
            let active = same.Sum(host => host.Active)
            let idle = same.Sum(host => host.Idle)
            select new HttpConnections(same.Key, addresses.At(same.Key), active + idle, active, idle)];
}

/// <summary><c>GET /api/sms/performance/connections</c>: to the providers, Redis and RabbitMQ.</summary>
internal sealed class GetConnections(ProcessReports reports, IOptions<ProviderAddresses> addresses)
    : EndpointWithoutRequest<Ok<Connections>>
{
    public override void Configure()
    {
        Get("/api/sms/performance/connections");
        Policies(Scope.Jobs);
        Description(endpoint => endpoint.Titled("SMS", "Read the connections to providers, Redis and RabbitMQ, of each process")
            .Produces<Connections>().Refuses(401, 403, 429, 503));
    }

    public override async Task<Ok<Connections>> ExecuteAsync(CancellationToken ct) =>
        TypedResults.Ok(Connections.Of(await reports.ReadAsync(ct), addresses.Value));
}

/// <summary>The addresses of the providers of SMS, so that connections to them can be told by name.</summary>
internal sealed class ProviderAddresses
{
    [ConfigurationKeyName("Twilio:ApiBaseUrl")]
    [Required]
    public Uri Twilio { get; set; } = new("https://api.twilio.com");

    [ConfigurationKeyName("Speech:BaseUrl")]
    [Required]
    public Uri Speech { get; set; } = new("https://speech.googleapis.com");

    /// <summary>The providers at a host as connections name it; on a developer's machine one may stand in for both.</summary>
    public IReadOnlyList<string> At(string host)
    {
        (string Name, Uri Address)[] providers = [("twilio", Twilio), ("speech", Speech)];
        return [.. providers.Where(provider => HostOf(provider.Address) == host).Select(provider => provider.Name)];
    }

    private static string HostOf(Uri address) => address.IsDefaultPort ? address.Host : $"{address.Host}:{address.Port}";
}
