namespace Aspire.Hosting.Run;

/// <summary>The signals that are sent here, by their numbers.</summary>
internal enum Signal
{
    Interrupt = 2,
    Kill = 9,
    Terminate = 15,
}
