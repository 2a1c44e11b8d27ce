using System.Numerics;
using System.Text;
using Switchboard.Core.Rules;

namespace Switchboard.Core.Social.Posts;

/// <summary>
/// SimHash (Charikar 2002) of what a text says, in 64 bits: of its words and their pairs, whatever their case and punctuation.
/// Texts that differ in a word of many differ in a few bits; others in about half of them. The column
/// <c>social_post_targets.text_hash</c>.
/// </summary>
public static class TextFingerprint
{
    /// <summary>
    /// The largest distance that is looked for. Two texts within it have one of their four quarters in common, by which an index finds them
    /// (0036_social_posts.sql).
    /// </summary>
    public const int MaxDistance = 3;

    private const int Bits = 64;
    private const ulong FnvOffset = 14695981039346656037;
    private const ulong FnvPrime = 1099511628211;

    /// <summary>The fingerprint; null of a text that says nothing.</summary>
    public static long? Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        Span<int> votes = stackalloc int[Bits];
        votes.Clear();
        var (count, before) = (0, 0UL);
        foreach (var word in Words(FoldedText.Of(text)))
        {
            Vote(votes, Mixed(word));
            if (count++ > 0)
                Vote(votes, Mixed(BitOperations.RotateLeft(before, 1) ^ (word * FnvPrime)));
            before = word;
        }

        if (count == 0)
            return null;
        var print = 0UL;
        for (var bit = 0; bit < Bits; bit++)
        {
            if (votes[bit] > 0)
                print |= 1UL << bit;
        }

        return unchecked((long)print);
    }

    /// <summary>In how many bits two fingerprints differ.</summary>
    public static int Distance(long one, long other) => BitOperations.PopCount(unchecked((ulong)(one ^ other)));

    // a hash of each word, in their order; scripts without spaces are read sign by sign, and so is a text of nothing but symbols
    private static IEnumerable<ulong> Words(string folded)
    {
        var hasLetters = folded.EnumerateRunes().Any(Rune.IsLetterOrDigit);
        var (hash, isWord) = (FnvOffset, false);
        foreach (var rune in folded.EnumerateRunes())
        {
            var isPart = hasLetters ? Rune.IsLetterOrDigit(rune) : !Rune.IsWhiteSpace(rune);
            var isAlone = isPart && (!hasLetters || IsIdeograph(rune));
            if (isWord && (!isPart || isAlone))
            {
                yield return hash;
                (hash, isWord) = (FnvOffset, false);
            }

            if (isAlone)
                yield return Added(FnvOffset, rune);
            else if (isPart)
                (hash, isWord) = (Added(hash, rune), true);
        }

        if (isWord)
            yield return hash;
    }

    private static bool IsIdeograph(Rune rune) => rune.Value is
        (>= 0x0E00 and <= 0x0EFF) or (>= 0x1000 and <= 0x109F) or (>= 0x1780 and <= 0x17FF)
        or (>= 0x3040 and <= 0x30FF) or (>= 0x3400 and <= 0x9FFF) or (>= 0xF900 and <= 0xFAFF) or (>= 0x20000 and <= 0x3FFFF);

    private static ulong Added(ulong hash, Rune rune) => unchecked((hash ^ (uint)rune.Value) * FnvPrime);

    // FNV-1a leaves the upper bits of short words alike: the finalizer of MurmurHash3 spreads them
    private static ulong Mixed(ulong hash)
    {
        unchecked
        {
            hash = (hash ^ (hash >> 33)) * 0xff51afd7ed558ccd;
            hash = (hash ^ (hash >> 33)) * 0xc4ceb9fe1a85ec53;
            return hash ^ (hash >> 33);
        }
    }

    private static void Vote(Span<int> votes, ulong hash)
    {
        for (var bit = 0; bit < votes.Length; bit++)
            votes[bit] += (hash >> bit & 1) == 1 ? 1 : -1;
    }
}
