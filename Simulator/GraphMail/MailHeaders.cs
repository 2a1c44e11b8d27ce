namespace Switchboard.Simulator.GraphMail;

/// <summary>The headers by which mail programs tell answers, automatic answers and bounces apart (RFC 5322, 3834, 3462).</summary>
internal static class MailHeaders
{
    public static IReadOnlyList<KeyValuePair<string, string>> Of(string? inReplyTo, string? references, bool autoReply, bool bounce)
    {
        List<KeyValuePair<string, string>> headers = [new("MIME-Version", "1.0")];
        headers.Add(new("Content-Type", bounce ? "multipart/report; report-type=delivery-status; boundary=\"b1\"" : "text/html; charset=\"utf-8\""));
        Add("In-Reply-To", inReplyTo);
        Add("References", references);
        Add("Auto-Submitted", autoReply || bounce ? "auto-replied" : null);
        Add("X-Auto-Response-Suppress", autoReply || bounce ? "All" : null);
        Add("Return-Path", bounce ? "<>" : null);
        return headers;

        void Add(string name, string? value)
        {
            if (value is not null)
            {
                headers.Add(new(name, value));
            }
        }
    }
}
