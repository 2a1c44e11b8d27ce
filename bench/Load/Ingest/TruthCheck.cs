using Switchboard.Load.Api;
using Switchboard.Load.Mail;

namespace Switchboard.Load.Ingest;

/// <summary>Reads every tracked mail of the accounts and holds it against what the simulator knows.</summary>
internal sealed class TruthCheck(ApiClient edge, ApiClient simulator, LoadUser user)
{
    private const int TruthLimit = 10_000;

    /// <summary>Checks all of them, an account after the other.</summary>
    public async Task<IngestVerdict> RunAsync(IReadOnlyList<MailAccount> accounts, Action<double> progress, CancellationToken cancellation)
    {
        var verdict = new IngestVerdict();
        var done = 0;
        foreach (var account in accounts)
        {
            var ledger = new TruthLedger(account, verdict);
            await ReadTruthAsync(ledger, account.Address, cancellation);
            await foreach (var page in TrackedReader.PagesAsync(edge, user.Key, account.Id, cancellation))
            {
                foreach (var item in page)
                {
                    ledger.Note(item);
                }

                progress(done + ledger.Tracked);
            }

            ledger.Close();
            done += ledger.Sent;
        }

        return verdict;
    }

    private async Task ReadTruthAsync(TruthLedger ledger, string address, CancellationToken cancellation)
    {
        int total;
        do
        {
            var page = await simulator.GetAsync(
                $"/_sim/graph/mailboxes/{Uri.EscapeDataString(address)}/truth/mails?offset={ledger.Sent}&limit={TruthLimit}",
                null,
                IngestJson.Default.TruthPage,
                cancellation);
            foreach (var mail in page.Items)
            {
                ledger.Expect(mail);
            }

            total = page.Total;
        }
        while (ledger.Sent < total);
    }
}
