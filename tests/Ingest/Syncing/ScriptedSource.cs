using System.Globalization;
using Switchboard.Workers.Ingest.Email.Sync;
using Switchboard.Workers.Ingest.Email.Tracking;

namespace Switchboard.Tests.Ingest.Syncing;

/// <summary>A mailbox with some mails, whose owner may do something before a page is read.</summary>
internal sealed class ScriptedSource(MailEnvelope[] sent, MailEnvelope[] received) : IMailSource
{
    private int _rounds;

    /// <summary>The mails that cannot be read.</summary>
    public HashSet<string> Broken { get; } = [];

    /// <summary>What happens before a round, the first being 1.</summary>
    public Func<int, Task> Before { get; set; } = _ => Task.CompletedTask;

    /// <summary>The rounds in which no link is known any more.</summary>
    public HashSet<int> Stale { get; } = [];

    public Task<SyncPlan> PlanAsync(MailAccount account, DateTimeOffset? since, CancellationToken cancellationToken) => Task.FromResult(
        new SyncPlan(
            SyncCursors.Plan([new("sent", Mails.At(0), Mails.At(1_000)), new("received", Mails.At(0), Mails.At(1_000))]), sent.Length + received.Length));

    public async Task<SyncRound> ReadAsync(MailAccount account, SyncCursors cursors, int size, CancellationToken cancellationToken)
    {
        var round = Interlocked.Increment(ref _rounds);
        await Before(round);
        cancellationToken.ThrowIfCancellationRequested();
        return new([.. cursors.Partitions.Index().Where(partition => !partition.Item.IsDone).Select(partition => Page(partition.Index, partition.Item, size, round))]);
    }

    private PartitionPage Page(int number, SyncPartition partition, int size, int round)
    {
        if (Stale.Contains(round) && partition.MayRestart)
            return PartitionPage.Stale(number);
        var mails = (partition.Folder == "sent" ? sent : received).Where(mail => mail.At >= partition.From && mail.At < partition.To).ToArray();
        var from = int.Parse(partition.Next ?? "0", CultureInfo.InvariantCulture);
        var page = mails.Skip(from).Take(size).ToArray();
        return new(
            number,
            [.. page.Where(mail => !Broken.Contains(mail.ProviderId))],
            [.. page.Where(mail => Broken.Contains(mail.ProviderId)).Select(mail => new FailedMail(mail.ProviderId, "It has no sender."))],
            from + size < mails.Length ? (from + size).ToString(CultureInfo.InvariantCulture) : null);
    }
}
