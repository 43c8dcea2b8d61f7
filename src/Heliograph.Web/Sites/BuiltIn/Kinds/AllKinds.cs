namespace Heliograph.Web.Sites.BuiltIn.Kinds;

internal static class AllKinds
{
    public static IReadOnlyList<SiteKind> List { get; } =
        [SingingGroup.Kind, GardenDiary.Kind, RepairWorkshop.Kind, WalkingClub.Kind, MusicTeacher.Kind, LocalHistory.Kind];
}
