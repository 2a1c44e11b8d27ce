using Npgsql;

namespace Switchboard.Workers.Ingest.Email.Tracking;

/// <summary>
/// Stores mails of an account in one transaction, and works out what their coming changes: what answers them, what they answer, and what
/// became of the sent ones. All of it follows from the set of mails that are stored, so neither their order nor a repetition matters.
/// </summary>
internal sealed class RecordMails(NpgsqlDataSource dataSource, TimeSpan subjectWindow, TimeProvider time)
{
    /// <summary>Stores those that are not there yet.</summary>
    /// <returns>How many sent mails are tracked that were not before, and how many came in; none when the account is gone.</returns>
    /// <exception cref="PostgresException">The database refused one of them; nothing is stored.</exception>
    public async Task<(int Sent, int Received)> ExecuteAsync(TrackedMailbox mailbox, ArraySegment<PreparedMail> mails, CancellationToken cancellation)
    {
        await using var account = await AccountTransaction.BeginAsync(dataSource, mailbox.Id, cancellation);
        if (account is null)
            return (0, 0);

        var sent = new NewSentMails(await NewSentAsync(account, mails, cancellation), subjectWindow);
        var received = await NewReceivedAsync(account, mails, cancellation);
        if (sent.All.Count == 0 && received.Count == 0)
            return (0, 0);

        var stored = await FindAnswers.ExecuteAsync(account, sent.All, subjectWindow, cancellation);
        var matches = await new MatchAnswers(account, sent, subjectWindow)
            .ExecuteAsync([.. received.Select(mail => mail.Mail), .. stored.Select(answer => answer.Mail)], cancellation);
        await WriteAsync(account, mailbox.UserId, new Matched(sent.All, received, stored, matches), cancellation);
        await account.CommitAsync(cancellation);
        return (sent.All.Count, received.Count);
    }

    private static async Task<IReadOnlyList<SentMail>> NewSentAsync(
        AccountTransaction account, ArraySegment<PreparedMail> mails, CancellationToken cancellation)
    {
        var sent = mails.Select(mail => mail.Sent).OfType<SentMail>().ToArray();
        var known = await KnownMails.SentAsync(account, [.. sent.Select(mail => mail.Key)], cancellation);
        return [.. sent.Where(mail => !known.ContainsKey(mail.Key))];
    }

    private static async Task<IReadOnlyList<NewReceivedMail>> NewReceivedAsync(
        AccountTransaction account, ArraySegment<PreparedMail> mails, CancellationToken cancellation)
    {
        var received = mails.Select(mail => mail.Received).OfType<NewReceivedMail>().ToArray();
        var known = await KnownMails.ReceivedAsync(account, [.. received.Select(mail => mail.Key)], cancellation);
        return [.. received.Where(mail => !known.ContainsKey(mail.Key))];
    }

    private async Task WriteAsync(AccountTransaction account, Guid userId, Matched matched, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        await InsertTrackedEmails.ExecuteAsync(account, userId, matched.Sent, matched.Outcomes(), now, cancellation);
        await InsertReceivedEmails.ExecuteAsync(account, matched.Received, matched.ReceivedMatches, now, cancellation);
        await MoveAnswers.ExecuteAsync(account, matched.Moved, cancellation);
        var changed = await WriteOutcomes.ExecuteAsync(account, matched.StoredToSettle(), now, cancellation);
        if (matched.ChangesWhatIsShown)
            await TrackedChanges.NoteAsync(
                account.Connection,
                account.Transaction,
                [account.AccountId],
                [.. matched.Sent.Select(mail => mail.SentAt).Concat(changed).Select(sentAt => (account.AccountId, sentAt))],
                cancellation);
    }
}
