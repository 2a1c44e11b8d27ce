using Switchboard.Load.Api;
using Switchboard.Load.Mail;

namespace Switchboard.Load.Tracked;

/// <summary>Looks at a user's accounts and at the first and last mails of each.</summary>
internal sealed class SampleReader(ApiClient edge, GraphMailboxes mailboxes, string key, TimeProvider time)
{
    private const int MostAccounts = 100;
    private const int MostWords = 1_000;
    private const int ShortestWord = 3;

    public async Task<TrackedSample> ReadAsync(CancellationToken cancellation)
    {
        var accounts = await AccountsAsync(cancellation);
        List<(Guid Account, TrackedItem[] Items)> found = [];
        foreach (var account in accounts)
        {
            TrackedItem[] items = [.. await ItemsAsync(account.Id, "-sentAt", cancellation), .. await ItemsAsync(account.Id, "sentAt", cancellation)];
            if (items.Length > 0)
            {
                found.Add((account.Id, items));
            }
        }

        if (found.Count == 0)
        {
            throw new LoadException(
                $"The user of this key has {accounts.Count} accounts and no tracked mails: name a key of one that has with --key, or make one with --seed-rows.");
        }

        var all = found.SelectMany(account => account.Items).ToList();
        return new TrackedSample(
            [.. found.OrderByDescending(account => account.Items.Max(item => item.SentAt)).Select(account => account.Account)],
            [.. accounts.Where(account => account is { Provider: "microsoft", Status: "active", Tracking: not null }).Select(account => account.Id)],
            [.. all.SelectMany(item => item.Recipients).Distinct()],
            [.. all.SelectMany(item => item.Subject.Split(' ')).Where(IsWord).Distinct(StringComparer.OrdinalIgnoreCase).Take(MostWords)],
            all.Min(item => item.SentAt),
            all.Max(item => item.SentAt));
    }

    private static bool IsWord(string word) => word.Length >= ShortestWord && word.All(char.IsLetterOrDigit);

    private async Task<IReadOnlyList<MailAccount>> AccountsAsync(CancellationToken cancellation)
    {
        List<MailAccount> accounts = [];
        string? cursor = null;
        do
        {
            var path = $"/api/accounts/email?limit=100{(cursor is null ? "" : "&cursor=" + Uri.EscapeDataString(cursor))}";
            var page = await edge.GetAsync(path, key, MailJson.Default.MailAccountPage, cancellation);
            accounts.AddRange(page.Items);
            cursor = page.NextCursor;
        }
        while (cursor is not null && accounts.Count < MostAccounts);

        // a simulator that was started again has forgotten the mailboxes that were made: a sync would find none
        foreach (var account in accounts.Where(account => account.Provider == "microsoft"))
        {
            if (await mailboxes.FindAsync(account.Address, cancellation) is null)
            {
                await mailboxes.MakeAsync(account.Address, time.GetUtcNow(), cancellation);
            }
        }

        return accounts;
    }

    private async Task<IReadOnlyList<TrackedItem>> ItemsAsync(Guid account, string sort, CancellationToken cancellation) =>
        (await edge.GetAsync($"/api/emails/tracked?accountId={account}&sort={sort}&limit=100", key, MailJson.Default.TrackedPage, cancellation)).Items;
}
