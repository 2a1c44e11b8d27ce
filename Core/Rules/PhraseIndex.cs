namespace Switchboard.Core.Rules;

/// <summary>
/// Many phrases, made ready to be found in a text in one pass (Aho and Corasick, 1975): each letter of the text leads from one state to
/// the next, however many phrases there are and however they overlap. A state is what was read last as far as some phrase begins with it.
/// States are numbered by length, so that those that follow one stand together. Both sides are <see cref="FoldedText"/>.
/// </summary>
internal sealed class PhraseIndex
{
    /// <summary>What a letter of a phrase takes at most, in bytes: a state.</summary>
    public const int BytesOfLetter = sizeof(char) + (3 * sizeof(int));

    private const int None = -1;
    private const int FewLetters = 16;

    // of each state: its last letter, the first of those that follow it, the longest other one that it ends with, the phrase that it ends
    // with
    private readonly char[] _letter;
    private readonly int[] _next;
    private readonly int[] _shorter;
    private readonly int[] _phrase;

    // those that follow the beginning: of some scripts there are thousands
    private readonly Dictionary<char, int> _first = [];

    // of each phrase: the longest other one that it ends with
    private readonly int[] _shorterPhrase;

    /// <param name="phrases">Each of them once, none of them empty.</param>
    public PhraseIndex(IReadOnlyList<string> phrases)
    {
        var order = Enumerable.Range(0, phrases.Count).ToArray();
        Array.Sort(order, (one, other) => string.CompareOrdinal(phrases[one], phrases[other]));
        var states = 1 + order.Select((phrase, at) =>
            phrases[phrase].Length - (at == 0 ? 0 : phrases[phrase].AsSpan().CommonPrefixLength(phrases[order[at - 1]]))).Sum();
        _letter = new char[states];
        _next = new int[states + 1];
        _shorter = new int[states];
        _phrase = new int[states];
        _shorterPhrase = new int[phrases.Count];
        Build(phrases, order);
    }

    /// <summary>How many phrases there are.</summary>
    public int Count => _shorterPhrase.Length;

    /// <summary>The phrases that are in the text.</summary>
    public PhraseHits Find(string text)
    {
        var found = new bool[Count];
        var (state, steps) = (0, 0);
        foreach (var letter in Count == 0 ? "" : text)
        {
            state = Follow(state, letter, ref steps);
            // where one was found before, so were those that it ends with
            for (var phrase = _phrase[state]; phrase != None && !found[phrase]; phrase = _shorterPhrase[phrase])
                found[phrase] = true;
        }

        return new(found, steps);
    }

    // level by level of length; the phrases of one state stand together in the order
    private void Build(IReadOnlyList<string> phrases, int[] order)
    {
        var (state, last, steps) = (0, 0, 0);
        List<(int Start, int End)> level = [(0, order.Length)];
        for (var length = 0; level.Count > 0; length++)
        {
            List<(int Start, int End)> following = [];
            foreach (var (start, end) in level)
            {
                _next[state] = last + 1;
                _phrase[state] = state == 0 ? None : _phrase[_shorter[state]];
                var at = start;
                if (at < end && phrases[order[at]].Length == length)
                {
                    _shorterPhrase[order[at]] = _phrase[state];
                    _phrase[state] = order[at++];
                }

                while (at < end)
                {
                    var (first, letter) = (at, phrases[order[at]][length]);
                    while (at < end && phrases[order[at]][length] == letter)
                        at++;
                    following.Add((first, at));
                    last++;
                    _letter[last] = letter;
                    if (state == 0)
                        _first.Add(letter, last);
                    else
                        _shorter[last] = Follow(_shorter[state], letter, ref steps);
                }

                state++;
            }

            level = following;
        }

        _next[state] = last + 1;
    }

    private int Follow(int state, char letter, ref int steps)
    {
        for (; ; state = _shorter[state])
        {
            steps++;
            if (state == 0)
                return _first.GetValueOrDefault(letter);
            var first = _next[state];
            var letters = _letter.AsSpan(first, _next[state + 1] - first);
            var at = letters.Length <= FewLetters ? letters.IndexOf(letter) : letters.BinarySearch(letter);
            if (at >= 0)
                return first + at;
        }
    }
}

/// <summary>The phrases that are in a text.</summary>
/// <param name="found">Of each phrase whether it is there.</param>
/// <param name="steps">How often a state was looked at: never more than twice for each letter of the text.</param>
internal sealed class PhraseHits(bool[] found, int steps)
{
    public int Steps => steps;

    public bool Has(int phrase) => found[phrase];
}

/// <summary>Gathers the phrases of all rules of a user, each once, and numbers them.</summary>
internal sealed class PhraseNumbers
{
    private readonly Dictionary<string, int> _numbers = [];

    /// <summary>The number of a phrase; null when nothing of it can be seen.</summary>
    public int? Of(string phrase)
    {
        var folded = FoldedText.Of(phrase).Trim();
        if (folded.Length == 0)
            return null;
        if (!_numbers.TryGetValue(folded, out var number))
            _numbers.Add(folded, number = _numbers.Count);
        return number;
    }

    /// <summary>All of them, in the order of their numbers.</summary>
    public PhraseIndex ToIndex() => new([.. _numbers.Keys]);
}
