using System.Security.Cryptography;
using System.Text;
using Switchboard.Core.Notifications;
using Switchboard.Core.Notifications.Recipients;
using KnownChannels = Switchboard.Core.Notifications.Channels;

namespace Switchboard.Workers.Dispatch.Notifications.Planning;

/// <summary>Whom an entry of a request stands for.</summary>
/// <param name="Key">What tells it from others: the recipient's id, else a hash of what was given.</param>
/// <param name="Name">As results show it: the recipient's external id, else what was given.</param>
/// <param name="Recipient">The recipient; null for a mere address that is nobody's, and for an id that is nobody's.</param>
/// <param name="OnlyChannel">The channel of a mere address, the only one that it is reached by.</param>
/// <param name="OnlyAddress">A mere address.</param>
internal sealed record Addressee(Guid Key, string Name, Recipient? Recipient, string? OnlyChannel = null, string? OnlyAddress = null)
{
    /// <summary>Whether there is nobody of that id.</summary>
    public bool IsUnknown => Recipient is null && OnlyAddress is null;

    /// <summary>A recipient.</summary>
    public static Addressee Of(Recipient recipient) => new(recipient.Id, recipient.ExternalId, recipient);

    /// <summary>A mere address, and the recipient whose it is, if it is one's.</summary>
    public static Addressee Of(string channel, string address, Recipient? owner) =>
        new(owner?.Id ?? Hash(channel, address), owner?.ExternalId ?? address, owner, channel, address);

    /// <summary>An id that is nobody's.</summary>
    public static Addressee Unknown(string id) => new(Hash("", id), id, null);

    /// <summary>Where a channel reaches it: what <c>notifications.recipient</c> is to hold; of push and chat there may be
    /// several.</summary>
    /// <param name="userId">Whose recipient it is: what webhooks are addressed by.</param>
    /// <param name="channel">The channel.</param>
    public IEnumerable<string> AddressesOf(Guid userId, string channel) => (OnlyAddress, KnownChannels.Find(channel)?.AddressKind) switch
    {
        ({ } address, _) => channel == OnlyChannel ? [address] : [],
        (_, AddressKind.Recipient) => [Key.ToString()],
        (_, AddressKind.Endpoint) => [userId.ToString()],
        (_, AddressKind.StoredAddress) => Recipient!.ReachedBy(channel).Select(address => address.Id.ToString()),
        _ => Recipient!.ReachedBy(channel).Select(address => address.Value).Take(1),
    };

    /// <summary>Whether a channel reaches it there still.</summary>
    public bool Has(Guid userId, string channel, string address) =>
        AddressesOf(userId, channel).Contains(address)
        // the same mailbox may be written in several ways
        || (Recipient is not null && Recipient.ReachedBy(channel).Any(one =>
            RecipientAddressStore.Fingerprint(channel, "", one.Value).AsSpan().SequenceEqual(RecipientAddressStore.Fingerprint(channel, "", address))));

    /// <summary>The channels that it is reached by where nobody says which: its own addresses, and its inbox.</summary>
    public IEnumerable<string> ReachedBy() =>
        OnlyChannel is { } only ? [only] : KnownChannels.Names.Where(channel => channel == KnownChannels.Inbox || Recipient!.ReachedBy(channel).Any());

    private static Guid Hash(string channel, string value) =>
        new(SHA256.HashData(Encoding.UTF8.GetBytes($"{channel}\n{value}")).AsSpan(0, 16), bigEndian: true);
}
