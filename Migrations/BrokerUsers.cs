using System.Net.Http.Json;
using System.Text;
using Microsoft.Extensions.Configuration;

namespace Switchboard.Migrations;

/// <summary>
/// A user of RabbitMQ for each process, over its management API: with the queues of jobs and no others, no exchange, and nothing
/// to administer. Each may declare, read and write every queue of jobs, since whoever connects declares them all, which takes the right to
/// read them. Made at each start for the users whose passwords are configured (<c>Broker:Users:edge_api=…</c>).
/// </summary>
internal sealed class BrokerUsers(IHttpClientFactory clients, IConfiguration configuration)
{
    private const string Section = "Broker";

    // Core/Jobs/JobQueue.cs: a queue for each worker and priority, and one for what is dead of each
    private const string Queues = @"^(ingest|dispatch|analytics)\..*$";

    private const string QueuesAndDefaultExchange = @"^(amq\.default|(ingest|dispatch|analytics)\..*)$";

    /// <summary>Makes the users, and gives them their rights.</summary>
    /// <exception cref="HttpRequestException">The broker does not answer, or refuses.</exception>
    public async Task ApplyAsync(CancellationToken cancellationToken)
    {
        var broker = configuration.GetSection(Section);
        if (broker["ManagementUrl"] is not { Length: > 0 } address)
            return;

        using var http = clients.CreateClient(nameof(BrokerUsers));
        http.BaseAddress = new($"{address.TrimEnd('/')}/api/");
        http.DefaultRequestHeaders.Authorization = new(
            "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{broker["UserName"]}:{broker["Password"]}")));
        foreach (var user in broker.GetSection("Users").GetChildren())
        {
            await PutAsync(http, $"users/{user.Key}", new { password = user.Value, tags = "" }, cancellationToken);
            await PutAsync(
                http, $"permissions/%2F/{user.Key}", new { configure = Queues, write = QueuesAndDefaultExchange, read = Queues },
                cancellationToken);
        }
    }

    private static async Task PutAsync<T>(HttpClient http, string path, T body, CancellationToken cancellationToken)
    {
        using var answer = await http.PutAsJsonAsync(path, body, cancellationToken);
        answer.EnsureSuccessStatusCode();
    }
}
