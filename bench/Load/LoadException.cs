namespace Switchboard.Load;

/// <summary>The load cannot be put on; the message says what to do about it.</summary>
internal sealed class LoadException(string message, Exception? inner = null) : Exception(message, inner);
