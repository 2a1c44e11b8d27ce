using System.Buffers;

namespace Switchboard.Simulator.Google;

/// <summary>
/// Reads the body of a request as it comes in: the audio, ten and more megabytes in one string, is decoded and goes by; the rest, which is
/// small, is kept.
/// </summary>
/// <param name="audio">What looks at the audio.</param>
internal sealed class RecognizeBody(AudioContent audio)
{
    public const int LargestAudio = 10 * 1024 * 1024;
    private const int LargestRest = 64 * 1024;
    private static readonly SearchValues<byte> StringEnds = SearchValues.Create("\"\\"u8);
    private readonly ArrayBufferWriter<byte> _rest = new();
    private readonly Base64Audio _base64 = new(audio);
    private int _nameStart;
    private bool _isName;
    private State _state;

    private enum State
    {
        Between,
        InString,
        Escaped,
        InAudio,
        AudioEscaped,
    }

    /// <summary>What is not audio: JSON in which the audio is an empty string.</summary>
    public ReadOnlyMemory<byte> Rest => _rest.WrittenMemory;

    /// <summary>How many strings of audio there were.</summary>
    public int Audios { get; private set; }

    /// <returns>What is wrong with it; null when nothing is.</returns>
    public async Task<SpeechError?> ReadAsync(Stream body, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            while (await body.ReadAsync(buffer, cancellationToken) is var length and > 0)
            {
                Add(buffer.AsSpan(0, length));
                if (audio.Length > LargestAudio)
                {
                    return SpeechErrors.TooLong;
                }

                if (_rest.WrittenCount > LargestRest)
                {
                    return SpeechErrors.NotJson("It is too large.");
                }
            }

            _base64.End();
            return _base64.IsBroken ? SpeechErrors.NotBase64 : null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void Add(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            var run = _state switch
            {
                State.InString or State.InAudio => bytes.IndexOfAny(StringEnds),
                _ => 0,
            };
            run = run < 0 ? bytes.Length : run;
            if (run > 0)
            {
                Take(bytes[..run]);
                bytes = bytes[run..];
                continue;
            }

            Step(bytes[0]);
            bytes = bytes[1..];
        }
    }

    private void Take(ReadOnlySpan<byte> run)
    {
        if (_state == State.InAudio)
        {
            _base64.Add(run);
        }
        else
        {
            _rest.Write(run);
        }
    }

    private void Step(byte next)
    {
        switch (_state)
        {
            case State.InAudio when next == '\\':
                _state = State.AudioEscaped;
                return;
            case State.InAudio:
                _base64.EndString();
                (_state, _isName) = (State.Between, false);
                break;
            case State.AudioEscaped:
                _base64.AddEscape(next);
                _state = State.InAudio;
                return;
            case State.Between when next == '"':
                _state = _isName && _rest.WrittenSpan[_nameStart..].StartsWith("\"content\""u8) ? State.InAudio : State.InString;
                Audios += _state == State.InAudio ? 1 : 0;
                _nameStart = _rest.WrittenCount;
                _isName = false;
                break;
            case State.Between:
                // a colon: the string before it was a name; after anything but a space it no longer is the last thing
                _isName = next == (byte)':' || (_isName && next is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n');
                break;
            case State.InString:
                _state = next == '"' ? State.Between : State.Escaped;
                break;
            case State.Escaped:
                _state = State.InString;
                break;
        }

        _rest.Write([next]);
    }
}
