using System.Text;

namespace Switchboard.Simulator.Control;

/// <summary>What a delivery report says of one recipient (RFC 3464, 2.3).</summary>
/// <param name="Recipient">The address.</param>
/// <param name="Action">failed, delayed, delivered, relayed or expanded.</param>
/// <param name="Status">The status code of RFC 3463.</param>
/// <param name="Diagnostic">What the recipient's server said.</param>
internal sealed record ReportedDelivery(
    string Recipient, string Action = "failed", string Status = "5.1.1", string? Diagnostic = null);

/// <summary>Writes mails as they come over the wire: with a report as <c>multipart/report</c>, else as text.</summary>
internal static class MimeWriter
{
    /// <summary>The type of a mail that is a delivery report.</summary>
    public const string ReportType = "multipart/report; report-type=delivery-status; boundary=\"b1\"";

    /// <summary>The bytes of a mail.</summary>
    /// <param name="headers">Its headers; the types of what it is made of are not taken from them.</param>
    /// <param name="text">Its text.</param>
    /// <param name="report">What it reports; nothing when it is no report.</param>
    /// <param name="original">The Message-ID of the mail that is reported of; without it the third part is left out.</param>
    public static byte[] Write(
        IEnumerable<KeyValuePair<string, string>> headers, string text, IReadOnlyList<ReportedDelivery>? report, string? original)
    {
        var mime = new StringBuilder();
        foreach (var (name, value) in headers.Where(header => !header.Key.StartsWith("Content-", StringComparison.OrdinalIgnoreCase)))
        {
            mime.Append(name).Append(": ").Append(value.ReplaceLineEndings("\r\n ")).Append("\r\n");
        }

        if (report is not { Count: > 0 })
        {
            mime.Append("Content-Type: text/plain; charset=utf-8\r\n\r\n").Append(text.ReplaceLineEndings("\r\n"));
            return Encoding.UTF8.GetBytes(mime.ToString());
        }

        mime.Append("Content-Type: ").Append(ReportType).Append("\r\n\r\n--b1\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n")
            .Append(text.ReplaceLineEndings("\r\n"))
            .Append("\r\n--b1\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.simulator.test\r\n");
        foreach (var one in report)
        {
            mime.Append("\r\nFinal-Recipient: rfc822; ").Append(one.Recipient).Append("\r\nAction: ").Append(one.Action)
                .Append("\r\nStatus: ").Append(one.Status).Append("\r\n");
            if (one.Diagnostic is not null)
            {
                mime.Append("Diagnostic-Code: smtp; ").Append(one.Diagnostic).Append("\r\n");
            }
        }

        if (original is not null)
        {
            mime.Append("\r\n--b1\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: ").Append(original).Append("\r\n");
        }

        return Encoding.UTF8.GetBytes(mime.Append("\r\n--b1--\r\n").ToString());
    }
}
