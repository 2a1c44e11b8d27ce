namespace Switchboard.Load.Sms;

/// <summary>A text of a run.</summary>
/// <param name="Sid">The provider's id of it.</param>
/// <param name="Sender">Whose it is.</param>
/// <param name="Body">What it says.</param>
/// <param name="Media">What it comes with, if anything.</param>
internal sealed record TextSpec(string Sid, LoadNumber Sender, string Body, SampleMedia? Media)
{
    /// <summary>How many items it should lead to.</summary>
    public int Parts => Media is null ? 1 : 2;
}
