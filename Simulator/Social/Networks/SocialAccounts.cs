using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Switchboard.Simulator.Social;

/// <summary>How an account is.</summary>
internal enum SocialAccountState
{
    Active,

    /// <summary>Its platform has locked it: it publishes nothing.</summary>
    Suspended,

    /// <summary>Its holder took the authorization back; they may give it again.</summary>
    Revoked,

    /// <summary>Its quota of posts is used up, until it is made active.</summary>
    Limited,

    /// <summary>Its holder declines when they are asked.</summary>
    Declining,
}

/// <summary>The accounts of a platform: whoever is named is there.</summary>
internal sealed class SocialAccounts(string network)
{
    /// <summary>Who comes to the page of consent without saying who they are.</summary>
    public const string Demo = "demo";

    private readonly ConcurrentDictionary<string, SocialAccount> _byHandle = new();
    private readonly ConcurrentDictionary<string, SocialAccount> _byId = new();

    public ICollection<SocialAccount> All => _byHandle.Values;

    public int Count => _byHandle.Count;

    /// <summary>The account of this name, or of this id when it was named before; of LinkedIn also as an URN.</summary>
    public SocialAccount Of(string nameOrId)
    {
        var name = nameOrId.Trim().TrimStart('@').Replace("urn:li:person:", "", StringComparison.Ordinal);
        if (_byId.TryGetValue(name, out var known))
        {
            return known;
        }

        var account = _byHandle.GetOrAdd(name.ToLowerInvariant(), handle => new SocialAccount(handle, IdOf(handle)));
        _byId[account.Id] = account;
        return account;
    }

    /// <summary>The account of an id; null when nobody has named it.</summary>
    public SocialAccount? Find(string id) => _byId.GetValueOrDefault(id);

    // of the name alone: the same account after a restart
    private string IdOf(string handle)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{network}:{handle}"));
        var number = BinaryPrimitives.ReadUInt64BigEndian(hash);
        return network switch
        {
            "instagram" => "17841" + Digits(number, 12),
            "facebook" => "10" + Digits(number, 13),
            "x" => "1" + Digits(number, 17),
            "mastodon" => "11" + Digits(number, 16),
            "bluesky" => "did:plc:" + AtProtocol.Base32(hash.AsSpan(0, 15)),
            _ => Convert.ToHexString(hash, 0, 5),
        };
    }

    private static string Digits(ulong number, int count) =>
        (number % (ulong)Math.Pow(10, count)).ToString(CultureInfo.InvariantCulture).PadLeft(count, '0');
}

/// <summary>An account of a platform.</summary>
/// <param name="handle">What people know it by.</param>
/// <param name="id">What the platform knows it by.</param>
internal sealed class SocialAccount(string handle, string id)
{
    private readonly ConcurrentDictionary<string, int> _spent = new();
    private readonly ConcurrentDictionary<string, bool> _ended = new();
    private int _revocations;

    public string Handle => handle;

    public string Id => id;

    public SocialAccountState State { get; private set; }

    /// <summary>How often its authorizations were taken back: goes with each token.</summary>
    public int Revocations => Volatile.Read(ref _revocations);

    public void Become(SocialAccountState state)
    {
        if (state == SocialAccountState.Revoked)
        {
            Interlocked.Increment(ref _revocations);
        }

        State = state;
    }

    /// <summary>Its holder consents.</summary>
    public void Authorize()
    {
        if (State == SocialAccountState.Revoked)
        {
            State = SocialAccountState.Active;
        }
    }

    /// <summary>Ends one authorization of it, as its application may.</summary>
    public void End(string grant) => _ended[grant] = true;

    public bool HasEnded(string grant) => _ended.ContainsKey(grant);

    /// <summary>Spends a refresh token that is good for once: whether this is its first use.</summary>
    /// <param name="grant">The authorization that it is of.</param>
    /// <param name="number">Which of its refresh tokens it is.</param>
    public bool Spend(string grant, int number)
    {
        while (true)
        {
            var last = _spent.GetOrAdd(grant, -1);
            if (number <= last)
            {
                return false;
            }

            if (_spent.TryUpdate(grant, number, last))
            {
                return true;
            }
        }
    }
}
