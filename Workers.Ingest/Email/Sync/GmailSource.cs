using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Switchboard.Workers.Ingest.Email.Tracking;
using Switchboard.Workers.Ingest.Providers.Gmail;

namespace Switchboard.Workers.Ingest.Email.Sync;

/// <summary>Gmail: what was sent and what came in, newest first; a page is a list of ids, whose headers are got a few at once.</summary>
internal sealed class GmailSource(GmailClient gmail, MailboxStore mailboxes, IOptions<GmailOptions> options, TimeProvider time) : IMailSource
{
    private const string Sent = "sent";
    private const string Received = "received";
    private const int LongestPage = 500;

    // Gmail counts messages by guess
    public Task<SyncPlan> PlanAsync(MailAccount account, DateTimeOffset? since, CancellationToken cancellation)
    {
        var (from, to) = (since ?? DateTimeOffset.UnixEpoch, time.GetUtcNow());
        return Task.FromResult(new SyncPlan(new([new(Sent, from, to), new(Received, from, to)]), Total: null));
    }

    public async Task<SyncRound> ReadAsync(MailAccount account, SyncCursors cursors, int size, CancellationToken cancellation)
    {
        var mailbox = await mailboxes.FindActiveAsync(account.Id, cancellation)
            ?? throw new GmailException(GmailFailure.Unavailable, "The mailbox is not active any more.");
        var pages = new List<PartitionPage>();
        foreach (var (number, lane) in cursors.Lanes.Index().Where(lane => !lane.Item.IsDone))
            pages.Add(await ReadAsync(mailbox, number, lane, Math.Min(size, LongestPage), cancellation));
        return new(pages);
    }

    private async Task<PartitionPage> ReadAsync(Mailbox mailbox, int number, SyncPartition lane, int size, CancellationToken cancellation)
    {
        GmailMessagePage page;
        try
        {
            page = await gmail.SearchAsync(mailbox, Query(lane), lane.Folder == Sent ? "SENT" : null, lane.Next, size, cancellation);
        }
        catch (GmailException reason) when (lane.MayRestart && reason.Failure is GmailFailure.Refused or GmailFailure.NotFound)
        {
            return PartitionPage.Stale(number);
        }

        var messages = page.Messages ?? [];
        var read = new (MailEnvelope? Mail, string? Problem)[messages.Count];
        await Parallel.ForAsync(
            0,
            messages.Count,
            new ParallelOptions { MaxDegreeOfParallelism = options.Value.ConcurrentGets, CancellationToken = cancellation },
            async (i, token) => read[i] = await ReadAsync(mailbox, lane, messages[i].Id, token));
        return new(
            number,
            [.. read.Select(one => one.Mail).OfType<MailEnvelope>()],
            [.. read.Index().Where(one => one.Item.Problem is not null).Select(one => new FailedMail(messages[one.Index].Id, one.Item.Problem!))],
            page.NextPageToken);
    }

    // neither of both: it is gone, or none of this lane
    private async Task<(MailEnvelope? Mail, string? Problem)> ReadAsync(Mailbox mailbox, SyncPartition lane, string id, CancellationToken cancellation)
    {
        try
        {
            var message = await gmail.HeadersAsync(mailbox, id, cancellation);
            if (!GmailEnvelopes.IsMail(message) || GmailLabels.IsSent(message.LabelIds) != (lane.Folder == Sent))
                return (null, null);
            return (GmailEnvelopes.Read(message, out var problem), problem);
        }
        catch (GmailException reason) when (reason.Failure == GmailFailure.NotFound)
        {
            return (null, null);
        }
        catch (GmailException reason) when (reason.InnerException is JsonException || reason.Failure == GmailFailure.Refused)
        {
            return (null, reason.Message);
        }
    }

    // Gmail compares whole seconds
    private static string Query(SyncPartition lane) => string.Create(
        CultureInfo.InvariantCulture,
        $"after:{Math.Max(0, lane.From.ToUnixTimeSeconds() - 1)} before:{lane.To.ToUnixTimeSeconds() + 1}{(lane.Folder == Sent ? "" : " -in:sent -in:drafts -in:chats")}");
}
