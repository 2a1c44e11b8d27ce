using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using Switchboard.Load.Running;

namespace Switchboard.Load.Tracking;

/// <summary>Reads all tracked mails of an account, page by page.</summary>
internal static class TrackedEmails
{
    private const int Limit = 100;

    public static async IAsyncEnumerable<IReadOnlyList<TrackedEmail>> PagesAsync(
        ApiClient edge, string key, Guid account, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? cursor = null;
        do
        {
            var start = cursor is null ? "" : $"&cursor={Uri.EscapeDataString(cursor)}";
            var path = $"/api/emails/tracked?accountId={account}&limit={Limit}{start}";
            var page = await edge.GetAsync(path, key, TrackedEmailJson.Default.TrackedEmailPage, cancellationToken);
            yield return page.Items;
            cursor = page.NextCursor;
        }
        while (cursor is not null);
    }
}

internal sealed record TrackedEmailPage(IReadOnlyList<TrackedEmail> Items, string? NextCursor);

/// <summary>A tracked mail as the product lists it.</summary>
internal sealed record TrackedEmail(
    Guid Id,
    Guid AccountId,
    string MessageId,
    string InternetMessageId,
    string Subject,
    IReadOnlyList<string> Recipients,
    DateTimeOffset SentAt,
    string Status,
    bool HasResponse,
    DateTimeOffset? RespondedAt,
    long? ResponseSeconds,
    DateTimeOffset? AutoRepliedAt,
    DateTimeOffset CreatedAt);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(TrackedEmailPage))]
internal sealed partial class TrackedEmailJson : JsonSerializerContext;
