using System.Runtime.CompilerServices;
using Switchboard.Load.Api;

namespace Switchboard.Load.Mail;

/// <summary>Reads all tracked mails of an account, page by page.</summary>
internal static class TrackedReader
{
    private const int Limit = 100;

    public static async IAsyncEnumerable<IReadOnlyList<TrackedItem>> PagesAsync(
        ApiClient edge, string key, Guid account, [EnumeratorCancellation] CancellationToken cancellation)
    {
        string? cursor = null;
        do
        {
            var path = $"/api/emails/tracked?accountId={account}&limit={Limit}{(cursor is null ? "" : "&cursor=" + Uri.EscapeDataString(cursor))}";
            var page = await edge.GetAsync(path, key, MailJson.Default.TrackedPage, cancellation);
            yield return page.Items;
            cursor = page.NextCursor;
        }
        while (cursor is not null);
    }
}
