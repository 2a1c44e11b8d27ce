using Switchboard.Load.Running;

namespace Switchboard.Load.Tracking.TrackedApi;

/// <summary>Reads a user's accounts and the first and last mails of each.</summary>
internal sealed class AccountSampleReader(ApiClient edge, GraphMailboxes mailboxes, string key, TimeProvider timeProvider)
{
    private const int MaxAccounts = 100;
    private const int MaxWords = 1_000;
    private const int ShortestWord = 3;

    public async Task<AccountSample> ReadAsync(CancellationToken cancellationToken)
    {
        var accounts = await AccountsAsync(cancellationToken);
        List<(Guid Account, TrackedEmail[] Items)> found = [];
        foreach (var account in accounts)
        {
            TrackedEmail[] items =
            [
                .. await ItemsAsync(account.Id, "-sentAt", cancellationToken),
                .. await ItemsAsync(account.Id, "sentAt", cancellationToken),
            ];
            if (items.Length > 0)
            {
                found.Add((account.Id, items));
            }
        }

        if (found.Count == 0)
        {
            throw new LoadException(
                $"The user of this key has {accounts.Count} accounts and no tracked mails: "
                + "name a key of one that has with --key, or make one with --seed-rows.");
        }

        var all = found.SelectMany(account => account.Items).ToList();
        return new AccountSample(
            [.. found.OrderByDescending(account => account.Items.Max(item => item.SentAt)).Select(account => account.Account)],
            [.. accounts.Where(IsSyncable).Select(account => account.Id)],
            [.. all.SelectMany(item => item.Recipients).Distinct()],
            [.. all.SelectMany(item => item.Subject.Split(' ')).Where(IsWord).Distinct(StringComparer.OrdinalIgnoreCase).Take(MaxWords)],
            all.Min(item => item.SentAt),
            all.Max(item => item.SentAt));
    }

    private static bool IsSyncable(EmailAccount account) =>
        account is { Provider: "microsoft", Status: "active", Tracking: not null };

    private static bool IsWord(string word) => word.Length >= ShortestWord && word.All(char.IsLetterOrDigit);

    private async Task<IReadOnlyList<EmailAccount>> AccountsAsync(CancellationToken cancellationToken)
    {
        List<EmailAccount> accounts = [];
        string? cursor = null;
        do
        {
            var path = $"/api/accounts/email?limit=100{(cursor is null ? "" : "&cursor=" + Uri.EscapeDataString(cursor))}";
            var page = await edge.GetAsync(path, key, MailboxJson.Default.EmailAccountPage, cancellationToken);
            accounts.AddRange(page.Items);
            cursor = page.NextCursor;
        }
        while (cursor is not null && accounts.Count < MaxAccounts);

        // a restarted simulator has lost the mailboxes that were made: a sync would find none
        foreach (var account in accounts.Where(account => account.Provider == "microsoft"))
        {
            if (await mailboxes.FindAsync(account.Address, cancellationToken) is null)
            {
                await mailboxes.MakeAsync(account.Address, timeProvider.GetUtcNow(), cancellationToken);
            }
        }

        return accounts;
    }

    private async Task<IReadOnlyList<TrackedEmail>> ItemsAsync(Guid account, string sort, CancellationToken cancellationToken) =>
        (await edge.GetAsync(
            $"/api/emails/tracked?accountId={account}&sort={sort}&limit=100",
            key,
            TrackedEmailJson.Default.TrackedEmailPage,
            cancellationToken)).Items;
}

/// <summary>What queries can ask for, found in the lists before the load.</summary>
/// <param name="Accounts">Accounts with tracked mails, those with the most recent ones first.</param>
/// <param name="Syncable">Accounts that can be synced.</param>
/// <param name="Recipients">Addresses that mails went to.</param>
/// <param name="Words">Words of their subjects.</param>
/// <param name="From">When the first of them was sent.</param>
/// <param name="To">When the last one was.</param>
internal sealed record AccountSample(
    IReadOnlyList<Guid> Accounts,
    IReadOnlyList<Guid> Syncable,
    IReadOnlyList<string> Recipients,
    IReadOnlyList<string> Words,
    DateTimeOffset From,
    DateTimeOffset To);
