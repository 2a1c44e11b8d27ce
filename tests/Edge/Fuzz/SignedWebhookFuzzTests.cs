using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using FsCheck;
using RabbitMQ.Client;
using Switchboard.Core.Email;
using Switchboard.Core.Jobs;
using Switchboard.Core.Notifications;
using Switchboard.Core.Sms;
using Switchboard.Edge.Api.Platform;
using Switchboard.Tests.Fixtures.Fuzz;

namespace Switchboard.Tests.Edge.Fuzz;

/// <summary>
/// Webhooks with a right signature and odd bodies: none is an error of ours or taken for one that is not signed, and what is made of it,
/// a job in a queue or a row, can be read.
/// </summary>
public sealed class SignedWebhookFuzzTests(SignedEdge edge) : IClassFixture<SignedEdge>
{
    private const int Each = 150;

    private static readonly Dictionary<string, Type> Records =
        new[] { typeof(EnrichMessage), typeof(ApplyDeliveryStatuses), typeof(ReadGraphChanges), typeof(SyncMailbox) }
            .ToDictionary(record => JobCodec.Of(record).Type.Name);

    private string _phone = "";
    private int _made;

    [Fact]
    public async Task Whatever_is_signed_is_no_error_of_ours_and_what_is_made_of_it_can_be_read()
    {
        var (user, key) = await edge.NewUserAsync([.. Scope.All]);
        _phone = $"+1415555{user.GetHashCode() & 0xFFF:0000}";
        await edge.ExecuteAsync(
            $"INSERT INTO user_phone_numbers (id, user_id, phone_number, verified_at, created_at) VALUES ('{user}', '{user}', '{_phone}', now(), now())");

        await PostAsync("an SMS as a form", OddWebhook.SmsForm(Fill), 2 * Each);
        await PostAsync("an SMS as JSON", OddWebhook.SmsJson(Fill), Each);
        await PostAsync("the status of an SMS", OddWebhook.SmsStatus(Fill), Each);
        await PostAsync("a callback of WhatsApp", OddWebhook.WhatsApp(Fill), Each);
        await PostAsync("a notification of Graph", OddWebhook.Graph(Fill), Each);
        await PostAsync("a push of Gmail", OddWebhook.Gmail(Fill), Each);

        var jobs = await ReadQueuesAsync();
        jobs.GroupBy(job => job.GetType()).Select(type => type.Key).ShouldBe(Records.Values, ignoreOrder: true);
        jobs.OfType<SyncMailbox>().ShouldContain(job => job.HistoryId == ulong.MaxValue);
        (await ReadListAsync(key)).ShouldBeGreaterThan(50, "those over the hourly limit are kept");
    }

    private async Task PostAsync(string name, Gen<OddWebhook> webhooks, int count)
    {
        var (tried, taken) = (0, 0);
        await FuzzRun.CheckAsync(webhooks, count, name, async webhook =>
        {
            var (status, text, isTimed) = await edge.PostAsync(edge.Http, webhook);

            tried++;
            taken += (int)status < 300 ? 1 : 0;
            ((int)status).ShouldBeLessThan(500, text);
            isTimed.ShouldBeTrue(text);
            // of Graph's the secret may be among what is odd
            if (webhook.Signer != WebhookSigner.Graph)
                status.ShouldNotBeOneOf(HttpStatusCode.Unauthorized, HttpStatusCode.Forbidden);
            if ((int)status >= 400)
                JsonNode.Parse(text)!["type"].ShouldNotBeNull();
        });

        taken.ShouldBeGreaterThan(tried / 3, $"{name}: hardly any was taken: nothing was tried");
    }

    // all that waits there, as its worker reads it
    private async Task<List<object>> ReadQueuesAsync()
    {
        var jobs = new List<object>();
        await using var connection = await new ConnectionFactory { Uri = new(edge.Broker) }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        foreach (var queue in JobQueue.All)
        {
            while (await channel.BasicGetAsync(queue.Name, autoAck: true) is { } message)
            {
                var carried = message.BasicProperties.Type == JobEnvelope.Tag
                    ? JobEnvelope.Read(message.Body.ToArray(), queue)
                    : [JobMessageProperties.Read(message.BasicProperties, queue, message.Body.ToArray(), DateTimeOffset.UnixEpoch)];
                foreach (var job in carried.Where(job => Records.ContainsKey(job.Type)))
                {
                    var codec = JobCodec.Of(Records[job.Type]);
                    var read = codec.Decode(job.Body.Span);
                    codec.Encode(read).ShouldBe(job.Body.ToArray(), Encoding.UTF8.GetString(job.Body.Span));
                    jobs.Add(read);
                }
            }
        }

        return jobs;
    }

    private async Task<int> ReadListAsync(string key)
    {
        var (count, cursor) = (0, "");
        do
        {
            using var answer = await edge.GetAsync(key, $"/api/sms/messages?limit=100{cursor}");
            answer.StatusCode.ShouldBe(HttpStatusCode.OK);
            var page = await EdgeProcess.JsonAsync(answer);
            count += page["items"]!.AsArray().Count;
            cursor = (string?)page["nextCursor"] is { } next ? $"&cursor={Uri.EscapeDataString(next)}" : "";
        }
        while (cursor.Length > 0);

        return count;
    }

    private string Fill(string text) => text
        .Replace("{unique}", (++_made).ToString("x8", CultureInfo.InvariantCulture), StringComparison.Ordinal)
        .Replace("{phone}", _phone, StringComparison.Ordinal);
}
