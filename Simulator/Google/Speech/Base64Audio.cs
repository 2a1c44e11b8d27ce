using System.Buffers;
using System.Buffers.Text;
using System.Globalization;

namespace Switchboard.Simulator.Google;

/// <summary>Decodes Base64 a piece at a time, in either alphabet, with the escapes that JSON allows in it.</summary>
internal sealed class Base64Audio(AudioContent audio)
{
    private readonly byte[] _characters = new byte[16 * 1024];
    private readonly byte[] _escape = new byte[4];
    private int _length;
    private int _escapeLeft;

    /// <summary>Whether it was not Base64.</summary>
    public bool IsBroken { get; private set; }

    public void Add(ReadOnlySpan<byte> characters)
    {
        while (characters.Length > 0 && !IsBroken)
        {
            if (_escapeLeft > 0)
            {
                AddHex(characters[0]);
                characters = characters[1..];
                continue;
            }

            var part = characters[..Math.Min(characters.Length, _characters.Length - _length)];
            part.CopyTo(_characters.AsSpan(_length));
            _length += part.Length;
            characters = characters[part.Length..];
            if (_length == _characters.Length)
            {
                Decode();
            }
        }
    }

    /// <summary>What follows a backslash: a slash, or a <c>u</c> with four hexadecimal digits to come.</summary>
    public void AddEscape(byte character)
    {
        if (character == 'u')
        {
            _escapeLeft = _escape.Length;
            return;
        }

        IsBroken |= character != '/';
        Add("/"u8);
    }

    /// <summary>The string is at its end.</summary>
    public void EndString()
    {
        // the padding may be missing
        while (_length % 4 != 0)
        {
            _characters[_length++] = (byte)'=';
        }

        Decode();
    }

    /// <summary>The body is at its end.</summary>
    public void End() => IsBroken |= _length > 0 || _escapeLeft > 0;

    private void AddHex(byte digit)
    {
        _escape[^_escapeLeft--] = digit;
        if (_escapeLeft > 0)
        {
            return;
        }

        if (int.TryParse(_escape, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var character) && character < 128)
        {
            Add([(byte)character]);
            return;
        }

        IsBroken = true;
    }

    private void Decode()
    {
        var text = _characters.AsSpan(0, _length);
        text.Replace((byte)'-', (byte)'+');
        text.Replace((byte)'_', (byte)'/');
        IsBroken |= Base64.DecodeFromUtf8InPlace(text, out var written) != OperationStatus.Done;
        _length = 0;
        if (!IsBroken)
        {
            audio.Add(text[..written]);
        }
    }
}
