using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Switchboard.Simulator.GraphMail;

namespace Switchboard.Simulator.GraphMessages;

/// <summary>How far a delta has come: the planned mails of a folder are told newest first, then those that were put in, in their order.</summary>
/// <param name="Generation">Of which time of the mailbox; of another one it is stale.</param>
/// <param name="Folder">The folder.</param>
/// <param name="Told">How many planned mails were told.</param>
/// <param name="Added">The number of the next mail that was put in.</param>
/// <param name="From">The first second of <c>$filter=receivedDateTime ge</c>.</param>
/// <param name="Select">What was selected.</param>
internal sealed record DeltaToken(long Generation, MailFolder Folder, int Told, int Added, long From, string? Select)
{
    public string Encode() => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(string.Join('|', Generation, (int)Folder, Told, Added, From, Select)));

    /// <summary>Reads one.</summary>
    /// <returns>Null when it is none.</returns>
    public static DeltaToken? Read(string text)
    {
        var bytes = new byte[text.Length];
        if (!Base64Url.IsValid(text) || !Base64Url.TryDecodeFromChars(text, bytes, out var length))
        {
            return null;
        }

        return Encoding.UTF8.GetString(bytes, 0, length).Split('|') is [var generation, var folder, var told, var added, var from, var select]
            && Number(generation) is { } g && Number(folder) is >= 0 and <= 3 and { } f && Number(told) is >= 0 and <= int.MaxValue and { } t
            && Number(added) is >= 0 and <= int.MaxValue and { } a && Number(from) is { } s
            ? new DeltaToken(g, (MailFolder)f, (int)t, (int)a, s, select.Length == 0 ? null : select)
            : null;
    }

    private static long? Number(string text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;
}
