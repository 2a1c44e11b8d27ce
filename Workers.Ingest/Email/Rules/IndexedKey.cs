using System.Security.Cryptography;
using System.Text;
using Switchboard.Core.Notifications;

namespace Switchboard.Workers.Ingest.Email.Rules;

/// <summary>The id that a sender or provider gave to a message, as it stands in a unique index.</summary>
internal static class IndexedKey
{
    // what an index entry of Postgres holds is limited (2,704 bytes); a real message id is 998 characters at most
    private const int Longest = 1000;

    /// <summary>The id as it came, or for an endless one its hash.</summary>
    public static string Of(string id) => id.Length <= Longest && Encoding.UTF8.GetByteCount(id) <= 2 * Longest
        ? StorableText.From(id)
        : $"sha256:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id)))}";
}
