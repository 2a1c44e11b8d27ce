namespace Switchboard.Load.Email;

/// <summary>What <c>email</c> was asked for.</summary>
internal sealed record EmailOptions(
    int Seconds, int Connections, double? Rate, int Users, Uri Edge, Uri Simulator, string Key, int PatienceSeconds);
