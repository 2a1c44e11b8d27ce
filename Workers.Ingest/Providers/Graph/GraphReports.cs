using System.Text;
using Switchboard.Workers.Ingest.Email.Tracking;

namespace Switchboard.Workers.Ingest.Providers.Graph;

/// <summary>Reads what those mails say that look like delivery reports: of all others neither text nor parts are asked for.</summary>
internal static class GraphReports
{
    /// <summary>The mails in their order, reports with what they say.</summary>
    /// <exception cref="ProviderException">One cannot be read now.</exception>
    public static async Task<IReadOnlyList<MailEnvelope>> WithReportsAsync(
        this GraphClient graph, Guid account, IReadOnlyList<MailEnvelope> mails, CancellationToken cancellationToken)
    {
        var read = mails.ToArray();
        var reports = Enumerable.Range(0, read.Length).Where(i => MailClassification.IsDeliveryReport(mails[i]));
        foreach (var part in reports.Chunk(GraphClient.MostCalls))
        {
            var answers = await graph.BatchAsync(
                account, [.. part.Select(i => new GraphCall(GraphPaths.Mime(read[i].ProviderId)))], cancellationToken);
            foreach (var (i, answer) in part.Zip(answers))
            {
                if (answer.Text is { } text)
                    read[i] = read[i] with { Report = await DeliveryReports.ReadAsync(Bytes(text), cancellationToken) };
                else if (answer.Failure is { Kind: not (FailureKind.NotFound or FailureKind.Permanent) } later)
                    throw new ProviderException(later);
            }
        }

        return read;
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
