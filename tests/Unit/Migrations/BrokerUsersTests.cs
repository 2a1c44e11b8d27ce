using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using Switchboard.Core.Jobs;
using Switchboard.Migrations;

namespace Switchboard.Tests.Unit.Migrations;

/// <summary>Each process has its own user at the broker, with the queues of jobs and nothing else.</summary>
public sealed class BrokerUsersTests
{
    private static readonly string[] OfJobs =
        [.. JobQueue.All.Select(queue => queue.Name), .. Enum.GetValues<JobWorker>().Select(JobQueue.DeadLetterQueueOf)];

    [Fact]
    public async Task A_user_administers_nothing_and_has_the_queues_of_jobs_alone()
    {
        using var broker = new Management();

        await new BrokerUsers(broker, Settings("edge_api", "workers_ingest")).ApplyAsync(TestContext.Current.CancellationToken);

        broker.Put.Keys.ShouldBe(
        [
            "/api/users/edge_api", "/api/permissions/%2F/edge_api", "/api/users/workers_ingest", "/api/permissions/%2F/workers_ingest",
        ]);
        ((string?)broker.Put["/api/users/edge_api"]["password"]).ShouldBe("password of edge_api");
        ((string?)broker.Put["/api/users/edge_api"]["tags"]).ShouldBe("");
        foreach (var right in (string[])["configure", "write", "read"])
        {
            var names = new Regex((string)broker.Put["/api/permissions/%2F/workers_ingest"][right]!, RegexOptions.CultureInvariant);
            OfJobs.ShouldAllBe(queue => names.IsMatch(queue), right);
            names.IsMatch("amq.default").ShouldBe(right == "write", "jobs are published by the name of their queue");
            foreach (var other in (string[])["", "amq.topic", "amq.direct", "another", "another.ingest.high", "ingest"])
                names.IsMatch(other).ShouldBeFalse($"{right} {other}");
        }
    }

    [Fact]
    public async Task Where_no_management_is_configured_nobody_is_asked_and_a_refusal_ends_the_start()
    {
        using var broker = new Management();

        await new BrokerUsers(broker, new ConfigurationBuilder().Build()).ApplyAsync(TestContext.Current.CancellationToken);
        broker.Put.ShouldBeEmpty();

        broker.Status = HttpStatusCode.Unauthorized;
        await Should.ThrowAsync<HttpRequestException>(
            () => new BrokerUsers(broker, Settings("edge_api")).ApplyAsync(TestContext.Current.CancellationToken));
    }

    private static IConfiguration Settings(params string[] users) => new ConfigurationBuilder().AddInMemoryCollection(
    [
        new("Broker:ManagementUrl", "http://broker.test/"), new("Broker:UserName", "guest"), new("Broker:Password", "guest"),
        .. users.Select(user => KeyValuePair.Create<string, string?>($"Broker:Users:{user}", $"password of {user}")),
    ]).Build();

    /// <summary>The management API: notes what it is given.</summary>
    private sealed class Management : HttpMessageHandler, IHttpClientFactory
    {
        public Dictionary<string, JsonNode> Put { get; } = [];

        public HttpStatusCode Status { get; set; } = HttpStatusCode.NoContent;

        public HttpClient CreateClient(string name) => new(this, disposeHandler: false);

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Put.Add(request.RequestUri!.AbsolutePath, (await request.Content!.ReadFromJsonAsync<JsonNode>(cancellationToken))!);
            return new(Status);
        }
    }
}
