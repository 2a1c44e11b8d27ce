using System.Text;
using Switchboard.Workers.Ingest.Email.Tracking;

namespace Switchboard.Workers.Ingest.Providers.Graph;

/// <summary>Mails with what their reports say.</summary>
/// <param name="Mails">In their order.</param>
/// <param name="Unread">The reports among them that Graph did not give, by their place.</param>
internal sealed record ReadReports(IReadOnlyList<MailEnvelope> Mails, IReadOnlyDictionary<int, ProviderFailure> Unread)
{
    /// <summary>All of them: a report without what it says would be taken for another thing.</summary>
    /// <exception cref="ProviderException">One was not given.</exception>
    public IReadOnlyList<MailEnvelope> All() => Unread.Count == 0 ? Mails : throw new ProviderException(Unread.First().Value);
}

/// <summary>Reads what those mails say that look like delivery reports: of all others neither text nor parts are asked for.</summary>
internal static class GraphReports
{
    /// <summary>The mails in their order, reports with what they say, and which of them cannot be read at the moment.</summary>
    /// <exception cref="ProviderException">Nothing can be read at the moment.</exception>
    public static async Task<ReadReports> WithReportsAsync(
        this GraphClient graph, Guid account, IReadOnlyList<MailEnvelope> mails, CancellationToken cancellationToken)
    {
        var (read, unread) = (mails.ToArray(), new Dictionary<int, ProviderFailure>());
        var reports = Enumerable.Range(0, read.Length).Where(i => MailClassification.IsDeliveryReport(mails[i]));
        foreach (var part in reports.Chunk(GraphClient.MostCalls))
        {
            var answers = await graph.BatchAsync(
                account, [.. part.Select(i => new GraphCall(GraphPaths.Mime(read[i].ProviderId)))], cancellationToken);
            foreach (var (i, answer) in part.Zip(answers))
            {
                if (answer.Text is { } text)
                    read[i] = read[i] with { Report = await DeliveryReports.ReadAsync(Bytes(text), cancellationToken) };
                else if (answer.Failure is { IsOutage: true } outage)
                    unread.Add(i, outage);
                else if (answer.Failure is { Kind: not (FailureKind.NotFound or FailureKind.Permanent) } later)
                    throw new ProviderException(later);
            }
        }

        return new(read, unread);
    }

    // a batch has it in base64, of either alphabet
    private static byte[] Bytes(string text)
    {
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(Padded(text.Replace('-', '+').Replace('_', '/')), bytes, out var count)
            ? bytes[..count]
            : Encoding.UTF8.GetBytes(text);
    }

    private static string Padded(string base64) => base64.PadRight((base64.Length + 3) / 4 * 4, '=');
}
